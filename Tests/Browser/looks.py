"""How pages look: no barriers, nothing wider than a phone, and pictures where they are asked for."""

import os

from axe_playwright_python.sync_playwright import Axe

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


class Looks:
    def __init__(self, page, folder):
        self.page = page
        self.folder = folder
        self.saves = os.environ.get("SLIPWAY_SCREENSHOTS") == "1"
        self.problems = []

    def check(self, name):
        """Looks at the page as it is now: light, dark, and on a phone. What is wrong fails the test at its end."""
        page = self.page
        for look, scheme, size in [("light", "light", DESKTOP), ("dark", "dark", DESKTOP), ("phone", "light", PHONE)]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size(size)
            self.save(f"{name}-{look}")
            if look != "dark":
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > size["width"]:
                    self.problems.append(f"{name} is {wide} wide on a screen of {size['width']}")
            self.problems += [f"{name}, {look}: {barrier}" for barrier in self.barriers()]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(DESKTOP)

    def save(self, name):
        """A picture for the documentation, with SLIPWAY_SCREENSHOTS=1."""
        if self.saves:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.folder / f"{name}.png")

    def barriers(self):
        """What axe finds against WCAG 2.1 A and AA, as rule and element."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
