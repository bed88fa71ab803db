"""What each command's help shows at its end: lines that one may copy, each with what it does."""

EXAMPLES = {
    "colorize": (
        ("photochrom colorize old.jpg", "writes old-color.jpg"),
        ("photochrom colorize old-photos -o colored", "a folder, with the folders in it"),
        ("photochrom colorize old.jpg -o new.png --saturation 1.3", "stronger colors, another format"),
        ("photochrom colorize old.jpg -o old.psd", "layers for a paint program; .ora, too"),
        ("photochrom colorize old.jpg --hints old.hints.json", "by colors that you know, see docs/colorize.md"),
        ("photochrom colorize old.jpg --answers 4", "up to four versions, where the model is unsure"),
        ("photochrom colorize old-photos -o colored --dry-run", "what would become what; writes nothing"),
    ),
    "compare": (("photochrom compare old-photos --models default unet -o compared.png", "two models side by side"),),
    "video": (
        ("photochrom video old.mp4", "writes old-color.mp4, with its sound"),
        ("photochrom video old.mp4 --preview 10", "ten seconds, before and after, to look at first"),
        ("photochrom video films -o colored --resume", "a folder; goes on where it was interrupted"),
        ("photochrom video old.mkv -o exact.mkv --codec ffv1", "every luma sample bit for bit"),
    ),
    "bulk": (
        ("photochrom bulk old-photos colored", "a folder, on all CPUs of this machine"),
        ("photochrom bulk s3://bucket/scans s3://bucket/colored --ray auto", "on the Ray cluster of this machine"),
        ("photochrom bulk 's3://bucket/*.parquet' s3://bucket/colored", "what manifests name"),
    ),
    "models": (
        ("photochrom models", "names for --model, and what generators cost"),
        ("photochrom models --time", "and how long each takes here"),
    ),
    "doctor": (("photochrom doctor", "what to send with a report of a fault"),),
    "serve": (
        ("photochrom serve", "the page at http://127.0.0.1:8000/"),
        ("photochrom serve --port 9000 --workers 1", "at another port, one photograph at a time"),
    ),
    "site": (
        ("photochrom site public", "static files for any web host"),
        ("photochrom site public --model default my-model.onnx", "with two models to choose from"),
    ),
    "pack": (("photochrom pack my-photos shards", "tar files that train reads in place of a folder"),),
    "prepare": (("photochrom prepare my-photos data/pairs --size 128", "pairs of 128 pixels, split three ways"),),
    "train": (
        ("photochrom train recipes/first.yaml", "writes runs/first"),
        ("photochrom train recipes/first.yaml --set epochs=5 -o runs/short", "another length, another folder"),
        ("photochrom train --resume runs/first", "after an interruption"),
    ),
    "export": (("photochrom export runs/first/best.pt -o my-model.onnx", "for colorize --model my-model.onnx"),),
    "evaluate": (
        ("photochrom evaluate default gray --data my-photos -o report", "a model against leaving photographs gray"),
        ("photochrom evaluate runs/first/best.pt default --data data/pairs --limit 50", "fifty of the test pairs"),
        ("photochrom evaluate default --data my-photos --hints 1,10,100 -o report", "with true colors as hints"),
    ),
    "completion": (
        ("photochrom completion bash > photochrom.bash", "for `source photochrom.bash` in ~/.bashrc"),
    ),
    "lpips-weights": (
        ("photochrom lpips-weights alexnet-owt-7be5be79.pth alex.pth -o lpips.pt", "for evaluate --lpips-weights"),
    ),
}  # fmt: skip


def shown(command: str) -> str:
    """The examples of ``command``, in Markdown, as its help shows them: each on a line of its own."""
    return "\n".join(["Examples:", "", *(f"- `{line}`  \n  {what}" for line, what in EXAMPLES[command])])
