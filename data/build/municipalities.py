"""Make municipalities.csv: the towns of the alliance with their official figures."""

from __future__ import annotations

import argparse
from pathlib import Path

import rows

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


def main() -> None:
    """Join the towns' figures with their newest trade-tax rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="CSV: GN, ags, pop_destatis_2018_12_31, area_destatis")
    parser.add_argument("rates", type=Path, help="CSV: ags, levy, rate_percent, year, newest")
    parser.add_argument("out", type=Path, help="municipalities.csv")
    args = parser.parse_args()
    trade_tax = [row for row in rows.read(args.rates) if row["levy"] == "gewerbesteuer" and row["newest"] == "yes"]
    rates = {row["ags"]: row for row in trade_tax}
    towns = [
        {
            "code": row["ags"],
            "name": row["GN"],
            "county": COUNTIES[row["ags"][:5]],
            "inhabitants": row["pop_destatis_2018_12_31"],
            "inhabitants_as_of": AS_OF,
            "area_km2": row["area_destatis"],
            "trade_tax_percent": rates[row["ags"]]["rate_percent"],
            "trade_tax_year": rates[row["ags"]]["year"],
        }
        for row in sorted(rows.read(args.facts), key=lambda row: row["ags"])
    ]
    rows.write(args.out, COLUMNS, towns)


if __name__ == "__main__":
    main()
