"""How well measures without weights agree with LPIPS on which epoch of a run is best: `python docs/best_epoch.py`.

Reads results/best-epoch.csv: the checkpoint of every epoch of short runs, measured on the run's validation photographs.
"""

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from scipy.stats import spearmanr

Row = dict[str, float]

GRAY = 1 / 4  # of the colorfulness that an epoch misses: one that paints less is almost gray

MEASURES: dict[str, Callable[[Row], float]] = {
    "L1": lambda row: row["l1"],
    "L1, chroma counting by its strength (`chroma_weight: 6`)": lambda row: row["weighted_l1"],
    "CIEDE2000": lambda row: row["ciede2000"],
    "difference in colorfulness": lambda row: row["colorfulness_distance"],
    "CIEDE2000 + 1/20 · difference in colorfulness": lambda row: row["ciede2000"] + row["colorfulness_distance"] / 20,
    "the same, what is almost gray behind all else": lambda row: (
        row["ciede2000"]
        + row["colorfulness_distance"] / 20
        + 1000 * (row["colorfulness"] < GRAY * row["colorfulness_distance"])
    ),
    "CIEDE2000 + 1/10 · difference in colorfulness": lambda row: row["ciede2000"] + row["colorfulness_distance"] / 10,
    "CIEDE2000 + 1/5 · difference in colorfulness": lambda row: row["ciede2000"] + row["colorfulness_distance"] / 5,
}


def main() -> None:
    """Print the table of docs/results/best-epoch.md."""
    runs: dict[str, list[Row]] = defaultdict(list)
    with (Path(__file__).parent / "results" / "best-epoch.csv").open() as file:
        for row in csv.DictReader(file):
            runs[row.pop("run")].append({key: float(value) for key, value in row.items()})
    print("| measure | rank correlation with LPIPS | LPIPS lost by its best epoch, mean | most |")
    print("| --- | ---: | ---: | ---: |")
    for name, measure in MEASURES.items():
        ranks = [spearmanr([*map(measure, rows)], [row["lpips"] for row in rows])[0] for rows in runs.values()]
        lost = [min(rows, key=measure)["lpips"] - min(row["lpips"] for row in rows) for rows in runs.values()]
        print(f"| {name} | {mean(ranks):.2f} | {mean(lost):.4f} | {max(lost):.4f} |")


if __name__ == "__main__":
    main()
