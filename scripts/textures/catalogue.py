"""All pictures, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts.textures import dyes, florals, geometry, knits, letters, lines, motifs, sheets, weaves
from scripts.textures.fabric import FabricPicture
from scripts.textures.pattern import Print

FABRICS: Mapping[str, Callable[[], FabricPicture]] = {
    made.__name__: made
    for made in (
        weaves.braid,
        weaves.chambray,
        weaves.cotton,
        weaves.denim,
        weaves.elastic,
        weaves.linen,
        weaves.satin,
        weaves.twill,
        knits.fleece,
        knits.heather,
        knits.jersey,
        knits.mesh,
        knits.rib,
        sheets.felt,
        sheets.foam,
        sheets.latex,
        sheets.leather,
        sheets.neoprene,
        sheets.nonwoven,
        sheets.plastic,
        sheets.shell,
        sheets.visor,
    )
}
PATTERNS: Mapping[str, Callable[[], Print]] = {
    made.__name__: made
    for made in (
        lines.stripes,
        lines.breton,
        lines.pinstripes,
        lines.gingham,
        lines.checks,
        lines.windowpane,
        lines.tartan,
        lines.houndstooth,
        lines.argyle,
        lines.chevron,
        lines.herringbone,
        geometry.triangles,
        geometry.hexagons,
        geometry.greek_key,
        geometry.waves,
        geometry.polka,
        geometry.dots,
        geometry.diamonds,
        geometry.rings,
        motifs.hearts,
        motifs.stars,
        motifs.snowflakes,
        motifs.skulls,
        motifs.paws,
        motifs.fruits,
        motifs.lemons,
        motifs.paisley,
        florals.florals_roses,
        florals.florals_daisies,
        florals.florals_leaves,
        florals.florals_small,
        florals.florals_blossom,
        florals.florals_tropical,
        dyes.camouflage,
        dyes.leopard,
        dyes.zebra,
        dyes.tie_dye,
        dyes.marble,
        dyes.terrazzo,
        dyes.acid_wash,
        letters.letters,
    )
}
