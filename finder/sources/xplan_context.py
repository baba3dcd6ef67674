"""What areas of XPlanGML refer to: the sections and plans they belong to, and the texts that hold for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from finder.sources import xplan_values
from finder.sources.features import Values
from finder.sources.markup import local
from finder.sources.sentences import Notes

PLANS = frozenset(("BP_Plan", "FP_Plan"))
_SECTIONS = frozenset(("BP_Bereich", "FP_Bereich"))
_TEXTS = frozenset(("BP_TextAbschnitt", "FP_TextAbschnitt", "XP_TextAbschnitt"))
_TEXT = "refTextInhalt"
_SECTION = "gehoertZuBereich"
_CONTENTS = ("planinhalt", "praesentationsobjekt")  # of a section; a line for everything in it


@dataclass(frozen=True, kw_only=True)
class _Section:
    values: Values
    plans: list[str]  # where it refers to


@dataclass(kw_only=True)
class _Inverse:
    """References the other way round, by the gml:id of what is referred to."""

    section: dict[str, str] = field(default_factory=dict)
    plan: dict[str, str] = field(default_factory=dict)
    texts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Context:
    """Holds a file's plans, sections and texts by their gml:id, without their geometries."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._plans: dict[str, Values] = {}
        self._sections: dict[str, _Section] = {}
        self._texts: dict[str, str] = {}
        self._inverse = _Inverse()
        self._names: set[str] = set()
        self._plan_of: dict[str, str | None] = {}  # of sections, once asked for

    def name(self, feature: Element) -> str:
        """Return an object's gml:id; one that was there before is noted."""
        name = xplan_values.id_of(feature)
        if name is None:
            return f"\0{len(self._plans) + len(self._sections) + len(self._texts)}"  # nothing in XML refers to it
        if name in self._names:
            self._notes.add("id_repeated", field="gml_id", value=name, id=name)
        self._names.add(name)
        return name

    def take(self, feature: Element) -> bool:
        """Take an object if it is one that areas refer to; of several with one gml:id the first counts."""
        kind = local(feature.tag)
        if kind not in PLANS | _SECTIONS | _TEXTS:
            return False
        name = self.name(feature)
        inside: dict[str, list[str]] = defaultdict(list)
        for child in feature:
            if (href := xplan_values.href_of(child)).startswith("#"):
                inside[local(child.tag)].append(href[1:])
        if kind in PLANS:
            self._plans.setdefault(name, _prefixed("plan", feature))
            self._inverse.plan |= dict.fromkeys(inside["bereich"], name)
        elif kind in _SECTIONS:
            values = _prefixed("bereich", feature)
            for content in _CONTENTS:
                values.pop(f"bereich_{content}", None)
            plans = xplan_values.references(feature, "gehoertZuPlan")
            self._sections.setdefault(name, _Section(values=values, plans=plans))
            self._inverse.section |= dict.fromkeys(inside["planinhalt"], name)
        else:
            self._texts.setdefault(name, _text(feature))
            for content in inside["gehoertZuObjekt"]:
                self._inverse.texts[content].append(name)
        return True

    def of_plan(self, feature: Element) -> Values:
        """Return what a row of a plan says."""
        return _prefixed("plan", feature)

    def of_zone(self, feature: Element, row: int) -> Values:
        """Return what a row of an area says: its own, its texts, its section's and its plan's."""
        own = xplan_values.with_measures(feature)
        name = xplan_values.id_of(feature) or ""
        texts = self._told(feature, name, row)
        own.pop(_TEXT, None)
        if texts:
            own[_TEXT] = "\n".join(texts)
        section, plan = self._place(feature, name, row)
        if section is not None:
            own |= self._sections[section].values
        if plan is not None:
            own |= self._plans[plan]
        return own

    def _place(self, feature: Element, name: str, row: int) -> tuple[str | None, str | None]:
        """Return the section and the plan of an area."""
        references = xplan_values.references(feature, _SECTION)
        targets = [href[1:] for href in references if self._known(href, row, self._sections, self._plans)]
        plan = next((target for target in targets if target in self._plans), None)
        section = next((target for target in targets if target in self._sections), None)
        section = section or self._inverse.section.get(name)
        if section not in self._sections:
            section = None
        if plan is None and section is not None:
            plan = self._plan(section, row)
        if plan is None and len(self._plans) == 1:
            (plan,) = self._plans
            self._notes.once("plan_assumed", field=_SECTION)
        if plan is None:
            self._notes.add("plan_missing", row=row, field=_SECTION)
        return section, plan

    def _plan(self, section: str, row: int) -> str | None:
        if section not in self._plan_of:
            references = self._sections[section].plans
            found = [href[1:] for href in references if self._known(href, row, self._plans, header="gehoertZuPlan")]
            inverse = self._inverse.plan.get(section)
            self._plan_of[section] = found[0] if found else inverse if inverse in self._plans else None
        return self._plan_of[section]

    def _told(self, feature: Element, name: str, row: int) -> list[str]:
        """Return the texts that hold for an area."""
        references = xplan_values.references(feature, _TEXT)
        targets = [href[1:] for href in references if self._known(href, row, self._texts, header=_TEXT)]
        texts = (self._texts[target] for target in [*targets, *self._inverse.texts.get(name, ())])
        return [text for text in dict.fromkeys(texts) if text]

    def _known(self, href: str, row: int, *targets: Mapping[str, object], header: str = _SECTION) -> bool:
        """Return whether a reference leads to one of the targets; where not, it is noted."""
        if href.startswith("#") and any(href[1:] in some for some in targets):
            return True
        if href.startswith("#"):
            self._notes.add("reference_missing", row=row, field=header, value=href, href=href)
        else:
            self._notes.add("reference_outside", row=row, field=header, value=href, href=href)
        return False


def _prefixed(prefix: str, feature: Element) -> Values:
    name = xplan_values.id_of(feature)
    about: Values = {f"{prefix}_typ": local(feature.tag)}
    if name is not None:
        about[f"{prefix}_gml_id"] = name
    about |= {f"{prefix}_{column}": value for column, value in xplan_values.values(feature).items()}
    return about


def _text(feature: Element) -> str:
    """Return a text with its key, or where it stands."""
    key, text = (xplan_values.text_of(feature, name) for name in ("schluessel", "text"))
    text = text or xplan_values.text_of(feature, "referenzURL")
    return f"{key}: {text}" if key and text else key or text
