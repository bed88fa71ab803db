import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from lightning_fabric import Fabric

from photochrom.errors import PhotochromError, RecipeError
from photochrom.training import checkpoint, machines
from photochrom.training.config import from_dict

PAGE = Path(__file__).parents[2] / "docs" / "several-machines.md"

# The command line, with a machine that can be switched off, and that shows the weights that it ends with.
MACHINE = """if True:
    import os, signal, sys
    import torch
    from photochrom.cli import main
    from photochrom.training import loop
    share, learn, steps = loop.share_statistics, loop.learn, 0
    def share_and_show(state):
        share(state)
        torch.save([one.module.state_dict() for one in (state.generator, state.discriminator)], "weights.pt")
    def learn_or_stop(*given):
        global steps
        steps += 1
        if steps == int(os.environ.get("OFF_AT_STEP", 0)):
            for process in (os.getppid(), os.getpid()):
                os.kill(process, signal.SIGKILL)
        return learn(*given)
    loop.share_statistics, loop.learn = share_and_show, learn_or_stop
    sys.exit(main())
"""
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def commands() -> list[list[str]]:
    """What the page says to type on each of two machines."""
    code = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    lines = [shlex.split(line, comments=True) for line in code.splitlines() if line.startswith("torchrun ")]
    assert [[word for word in line if "node-rank" in word] for line in lines] == [["--node-rank=0"], ["--node-rank=1"]]
    return lines


def type_in(folders: list[Path], *off: int) -> list[tuple[int, str]]:
    """Type the page's commands, each in its folder; ``off`` is the step at which each machine but the first is off."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = []
    for rank, (folder, line) in enumerate(zip(folders, commands(), strict=True)):
        (folder / "machine.py").write_text(MACHINE)
        words = [
            {"--master-addr=first-machine": "--master-addr=127.0.0.1"}.get(word, word.replace("29500", str(port)))
            for word in line[1:]
        ]
        where = words.index("-m")
        words[where : where + 2] = ["machine.py"]
        stop = {"OFF_AT_STEP": str(off[rank - 1])} if off and rank else {}
        running.append(subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", *words], cwd=folder, env=ENVIRONMENT | stop,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ))  # fmt: skip
    try:
        return [(process.returncode, said) for process in running for said in process.communicate(timeout=500)[:1]]
    finally:
        for process in running:
            process.kill()


def test_two_machines_train_one_model_and_go_on_after_one_was_off(recipe: dict[str, object], tmp_path: Path):
    """Against an unbroken run of two processes on one machine, bit for bit. The machines share no disk."""
    settings = {**recipe, "data": "photographs", "batch": 3, "ema": 0.9, "checkpoint_every": 9, "sheet_every": 9}
    folders = [tmp_path / name for name in ("first", "second", "unbroken")]
    for folder in folders:
        shutil.copytree(str(recipe["data"]), folder / "photographs")
        several = {"devices": 2, "strategy": "ddp"} if folder.name == "unbroken" else {"nodes": 2}
        (folder / "recipe.yaml").write_text(yaml.safe_dump({**settings, **several}))
        (folder / "train.py").write_text(MACHINE.replace('"weights.pt"', 'f"weights-{state.fabric.global_rank}.pt"'))
    (first, said), _ = type_in(folders[:2], 4)
    assert first == 1
    assert "photochrom: rank 0 of 2: another process of this run has stopped or cannot be reached" in said
    assert len(checkpoint.load(folders[0] / "runs/ours/last.pt").history) == 1, "it was in its second epoch"
    for code, said in type_in(folders[:2]):
        assert code == 0, said
    assert not (folders[1] / "runs").exists()
    subprocess.run(
        [sys.executable, "train.py", "train", "recipe.yaml", "-o", "runs/ours"], cwd=folders[2], env=ENVIRONMENT,
        check=True, capture_output=True, timeout=500,
    )  # fmt: skip
    weights = [folders[0] / "weights.pt", folders[1] / "weights.pt", *sorted(folders[2].glob("weights-*.pt"))]
    first, *others = (torch.load(path, weights_only=True) for path in weights)
    assert len(others) == 3
    for other in others:
        assert all(torch.equal(one[key], two[key]) for one, two in zip(first, other, strict=True) for key in one)
    broken, unbroken = (checkpoint.load(folder / "runs/ours/last.pt") for folder in (folders[0], folders[2]))
    assert broken.average
    assert all(torch.equal(value, broken.average[key]) for key, value in unbroken.average.items())


@pytest.mark.parametrize("rank", [0, 1])
def test_processes_that_differ_are_refused_with_the_first_difference(rank: int, monkeypatch: pytest.MonkeyPatch):
    fabric = Fabric(accelerator="cpu", devices=1)
    said = [{"code": "a", "width": 4}, {"code": "a", "width": 8}]
    monkeypatch.setattr(machines, "gathered", lambda _, own: said)
    with pytest.raises(RecipeError, match=r"^width: 4 on rank 0, but 8 on rank 1; all machines must have the same$"):
        machines.check_alike(fabric, said[rank])
    said[1] = said[0]
    machines.check_alike(fabric, said[rank])


def test_what_must_be_alike_is_the_recipe_and_the_code_but_not_where_photographs_lie(recipe: dict[str, object]):
    asked = machines.asked_for(from_dict(recipe))
    assert machines.asked_for(from_dict({**recipe, "data": "elsewhere", "workers": 3})) == asked
    assert machines.asked_for(from_dict({**recipe, "seed": 1})) == {**asked, "seed": 1}
    assert re.fullmatch("[0-9a-f]{64}", str(asked["Photochrom's code"]))
    assert asked["PyTorch"] == torch.__version__


def test_errors_that_are_not_of_the_connection_stay_what_they_are():
    fabric = Fabric(accelerator="cpu", devices=1)
    with pytest.raises(RuntimeError, match=r"^too large$"), machines.connected(fabric):
        raise RuntimeError("too large")
    with pytest.raises(PhotochromError, match=r"has stopped or cannot be reached \(gone\)"), machines.connected(fabric):
        raise torch.distributed.DistNetworkError("[/src/gloo/pair.cc:5] gone")


def test_a_machine_that_is_alone_ends_with_a_line(recipe: dict[str, object], monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name, value in {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "NODE_RANK": 0, "LOCAL_RANK": 0}.items():
        monkeypatch.setenv(name, str(value))
    with pytest.raises(PhotochromError, match=r"nodes: the 2 processes of this run did not come together .* 1 seconds"):
        machines.launch(from_dict({**recipe, "nodes": 2, "timeout": 1}))
