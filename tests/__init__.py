"""The tests: arch (the house), unit (mirrors studio/), contract, ui, e2e, screens, bench."""
