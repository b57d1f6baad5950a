#!/usr/bin/env python3
"""Makes the still fonts of the slip from the variable font of the pages.

    python3 -m venv v && v/bin/pip install fonttools brotli && v/bin/python make.py

For each weight it
- takes one instance of the variable font,
- puts the digits of equal width where the plain digits were, so that figures line up without a shaping engine,
- adds the Kikuyu and Kamba letters, built from the letters and the tilde that the font has,
- writes the pair distances of GPOS as an old `kern` table, which is the one our rasteriser reads,
- drops every table that only a shaping engine would want.
"""
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0
from fontTools.varLib.instancer import instantiateVariableFont

SOURCE = "atkinson-hyperlegible-next-latin-wght-normal.woff2"
WEIGHTS = (400, 500, 700, 800)
TILDES = {"ĩ": "ı", "Ĩ": "I", "ũ": "u", "Ũ": "U"}
KERNED = [chr(c) for c in range(0x20, 0x7F)]


def main():
    for weight in WEIGHTS:
        font = instantiateVariableFont(TTFont(SOURCE), {"wght": weight})
        tabular_digits(font)
        tildes(font)
        kern(font)
        for table in ("GPOS", "GSUB", "GDEF", "STAT", "gasp", "prep"):
            if table in font:
                del font[table]
        font["post"].formatType = 3.0
        font.flavor = None
        font.save(f"atkinson-hyperlegible-next-{weight}.ttf")


def tabular_digits(font):
    """Lets each digit's code point show the digit of equal width."""
    swap = {}
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for lookup in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                    swap.update(lookup.mapping)
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            table.cmap[code] = swap.get(table.cmap[code], table.cmap[code])


def tildes(font):
    """Adds a letter with a tilde for each that Kikuyu and Kamba need."""
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    tilde = cmap[0x02DC]
    tilde_bounds = bounds(glyphs, tilde)
    # The n with tilde says how high the tilde stands over a small letter.
    gap = bounds(glyphs, cmap[ord("ñ")])[3] - bounds(glyphs, cmap[ord("n")])[3]
    for letter, plain in TILDES.items():
        base = cmap[ord(plain)]
        box = bounds(glyphs, base)
        pen = TTGlyphPen(glyphs)
        pen.addComponent(base, (1, 0, 0, 1, 0, 0))
        dx = (box[0] + box[2]) / 2 - (tilde_bounds[0] + tilde_bounds[2]) / 2
        dy = box[3] + gap - tilde_bounds[3]
        pen.addComponent(tilde, (1, 0, 0, 1, round(dx), round(dy)))
        name = f"uni{ord(letter):04X}"
        font["glyf"][name] = pen.glyph()
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][base][0], round(min(box[0], tilde_bounds[0] + dx)))
        if name not in font.getGlyphOrder():
            font.setGlyphOrder(font.getGlyphOrder() + [name])
        for table in font["cmap"].tables:
            table.cmap[ord(letter)] = name


def bounds(glyphs, name):
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds


def kern(font):
    """Reads the pair distances of plain letters from GPOS into a `kern` table."""
    cmap = font.getBestCmap()
    wanted = {cmap[ord(c)] for c in KERNED if ord(c) in cmap}
    pairs = {}
    for record in font["GPOS"].table.FeatureList.FeatureRecord:
        if record.FeatureTag == "kern":
            for index in record.Feature.LookupListIndex:
                for subtable in font["GPOS"].table.LookupList.Lookup[index].SubTable:
                    subtable = getattr(subtable, "ExtSubTable", subtable)
                    for pair, value in pairs_of(subtable, wanted):
                        pairs.setdefault(pair, value)
    table = KernTable_format_0()
    table.version, table.coverage, table.tupleIndex = 0, 1, None
    table.apple = False
    table.kernTable = {pair: value for pair, value in pairs.items() if value}
    font["kern"] = newTable("kern")
    font["kern"].version, font["kern"].kernTables = 0, [table]


def pairs_of(subtable, wanted):
    if subtable.LookupType != 2:
        return
    for position, first in enumerate(subtable.Coverage.glyphs):
        if first not in wanted:
            continue
        if subtable.Format == 1:
            for record in subtable.PairSet[position].PairValueRecord:
                if record.SecondGlyph in wanted:
                    yield (first, record.SecondGlyph), advance(record.Value1)
        else:
            row = subtable.Class1Record[subtable.ClassDef1.classDefs.get(first, 0)].Class2Record
            for second in wanted:
                yield (first, second), advance(row[subtable.ClassDef2.classDefs.get(second, 0)].Value1)


def advance(value):
    return (value.XAdvance if value and hasattr(value, "XAdvance") else 0) or 0


main()
