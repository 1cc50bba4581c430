"""Classifies tickets by the rules of classifier-model/README.md."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

WordTest = Callable[[str], bool]
FIELDS = ("subject", "text")


@dataclass(frozen=True)
class Concept:
    name: str
    weights: dict[str, int]
    phrases: list[list[WordTest]]
    patterns: list[re.Pattern[str]]


@dataclass(frozen=True)
class Finding:
    concept: Concept
    hits: int
    evidence: str


class Model:
    """The model file, compiled; the same ticket always gives the same answer."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            self.file = json.load(file)
        self.fold = {ord(c): key for key, chars in self.file["fold"].items() for c in chars}
        self.fold |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
        self.concepts = [
            Concept(
                name=concept["concept"],
                weights=concept["weights"],
                phrases=[[word_test(w) for w in phrase.split(" ")] for phrase in phrases_of(concept)],
                patterns=[re.compile(pattern, re.ASCII) for pattern in concept.get("patterns", [])],
            )
            for concept in self.file["concepts"]
        ]

    def classify(self, ticket: dict[str, str]) -> dict:
        """The category of a ticket, the confidence and the reasons."""
        findings = list(self._findings(ticket))
        points = dict(self.file["bias"])
        for finding in findings:
            for label, weight in finding.concept.weights.items():
                points[label] += finding.hits * weight
        labels = self.file["labels"]
        category = max(labels, key=lambda label: points[label])  # the first of equals
        return {
            "category": category,
            "confidence": self._confidence(points[category], list(points.values())),
            "reasons": self._reasons(category, findings),
        }

    def _findings(self, ticket: dict[str, str]):
        limit = self.file["max_characters"]
        fields = []
        for name in FIELDS:
            folded = ticket[name][:limit].translate(self.fold)
            fields.append((folded, re.findall("[a-z0-9]+", folded), self.file["fields"][name]))
        for concept in self.concepts:
            hits, evidence = 0, ""
            for folded, tokens, weight in fields:
                found = phrase_hits(tokens, concept.phrases)
                matches = sum(1 for pattern in concept.patterns for _ in pattern.finditer(folded))
                hits += weight * (len(found) + matches)
                evidence = evidence or (found[0] if found else "")
            if hits > 0:
                yield Finding(concept, min(hits, self.file["hit_cap"]), evidence)

    def _confidence(self, winner: int, points: list[int]) -> float:
        smoothing = self.file["smoothing"]
        total = sum(max(p, 0) for p in points) + len(points) * smoothing
        return 1000 * (max(winner, 0) + smoothing) // total / 1000

    def _reasons(self, category: str, findings: list[Finding]) -> list[str]:
        scored = [(f.hits * f.concept.weights.get(category, 0), f.concept.name, f.evidence) for f in findings]
        best = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], s[1]))
        return [
            f"{name} +{points}" + (f" ({evidence})" if evidence else "")
            for points, name, evidence in best[: self.file["max_reasons"]]
        ]


def phrases_of(concept: dict) -> list[str]:
    return concept["phrases"].split(" | ") if "phrases" in concept else []


def word_test(word: str) -> WordTest:
    core = word.removeprefix("*").removesuffix("*")
    if word.startswith("*") and word.endswith("*"):
        return lambda token: core in token
    if word.startswith("*"):
        return lambda token: token.endswith(core)
    if word.endswith("*"):
        return lambda token: token.startswith(core)
    return lambda token: token == core


def phrase_hits(tokens: list[str], phrases: list[list[WordTest]]) -> list[str]:
    hits = []
    for at in range(len(tokens)):
        for phrase in phrases:
            window = tokens[at : at + len(phrase)]
            if len(window) == len(phrase) and all(test(token) for test, token in zip(phrase, window)):
                hits.append(" ".join(window))
                break
    return hits
