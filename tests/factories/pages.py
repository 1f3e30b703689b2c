"""What every page must be: well nested, labelled, without inline script or style, and with nothing from elsewhere."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Checker(HTMLParser):
    """Well nested, labelled, and without inline script or style."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.labels, self.fields, self.faults = [], [], set(), [], []
        self.headings = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self.labels.add(given.get("for"))
        if tag in {"input", "select", "textarea"} and given.get("type") != "hidden":
            self.fields.append(given.get("id"))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline {tag}")
        if tag == "script" and "src" not in given:
            self.faults.append("inline script")
        for name in ("href", "src", "action"):
            if name in given and not given[name].startswith(("/", "#")):
                self.faults.append(f"foreign {given[name]}")

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"nesting at {tag}")

    def verdict(self):
        if self.open:
            self.faults.append(f"left open {self.open}")
        if len(self.ids) != len(set(self.ids)):
            self.faults.append("id twice")
        if set(self.fields) - self.labels:
            self.faults.append(f"no label {set(self.fields) - self.labels}")
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.faults.append(f"headings {self.headings}")
        return self.faults


def check_page(answer, language="vi"):
    """Hold an answer to be a whole page without faults, and give its text."""
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in answer.text
    checker = Checker()
    checker.feed(answer.text)
    assert checker.verdict() == []
    return answer.text
