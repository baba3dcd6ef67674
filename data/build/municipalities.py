"""Make municipalities.csv: the towns of the alliance with their official figures."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

COLUMNS = (
    "code",
    "name",
    "county",
    "inhabitants",
    "inhabitants_as_of",
    "area_km2",
    "trade_tax_percent",
    "trade_tax_year",
)
COUNTIES = {"05512": "kreisfreie Stadt", "05513": "kreisfreie Stadt", "05562": "Kreis Recklinghausen"}
"""By the first five digits of the AGS."""
AS_OF = "2018-12-31"


def read(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Join the towns' figures with their newest trade-tax rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="CSV: GN, ags, pop_destatis_2018_12_31, area_destatis")
    parser.add_argument("rates", type=Path, help="CSV: ags, levy, rate_percent, year, newest")
    parser.add_argument("out", type=Path, help="municipalities.csv")
    args = parser.parse_args()
    newest = {row["ags"]: row for row in read(args.rates) if row["levy"] == "gewerbesteuer" and row["newest"] == "yes"}
    with args.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in sorted(read(args.facts), key=lambda row: row["ags"]):
            rate = newest[row["ags"]]
            writer.writerow(
                {
                    "code": row["ags"],
                    "name": row["GN"],
                    "county": COUNTIES[row["ags"][:5]],
                    "inhabitants": row["pop_destatis_2018_12_31"],
                    "inhabitants_as_of": AS_OF,
                    "area_km2": row["area_destatis"],
                    "trade_tax_percent": rate["rate_percent"],
                    "trade_tax_year": rate["year"],
                }
            )


if __name__ == "__main__":
    main()
