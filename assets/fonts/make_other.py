#!/usr/bin/env python3
"""Makes the font of the letters that the slip's own font lacks, from DejaVu Sans Bold (Debian: fonts-dejavu-core).

    python3 -m venv v && v/bin/pip install fonttools && v/bin/python make_other.py

It holds the rest of Latin, Greek, Cyrillic, and Arabic in the joined forms that have code points of their own, so that our rasteriser needs
no shaping engine. One weight is enough: such letters stand in names.
"""
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SOURCE = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
RANGES = [(0x0100, 0x024F), (0x0250, 0x02BC), (0x0370, 0x03FF), (0x0400, 0x04FF), (0x1E00, 0x1EFF), (0x20AC, 0x20AC), (0x060C, 0x060C), (0x061B, 0x061B), (0x061F, 0x061F), (0x0660, 0x0669), (0xFE80, 0xFEFC)]


def main():
    font = TTFont(SOURCE)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "kern", "gasp"]
    options.name_IDs = [0, 1, 2, 13]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    font["post"].formatType = 3.0
    font.save("dejavu-sans-bold-other-letters.ttf")


main()
