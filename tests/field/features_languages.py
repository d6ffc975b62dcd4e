"""H. Languages other than English: for a whole issue, an item, or a line."""

from __future__ import annotations

from tests.field.field_kit import Feature, link

FOLDER = "issues/2027-06-summer"
URDU = "guidance/2027-06-urdu"

FEATURES = (
    Feature(
        "H1",
        "An item in Welsh",
        f"{FOLDER}/90-cymraeg.md",
        said=("Gofyn am help", "Os ydych chi’n poeni am blentyn", "Gallwch siarad Cymraeg â ni."),
        html=("self::*[@lang='cy' and @dir='ltr']",),
    ),
    Feature(
        "H2",
        "An item in Polish, with Polish quotation marks",
        f"{FOLDER}/92-polski.md",
        said=("Jak prosić o pomoc", "zadzwoń pod numer", "„Po polsku, proszę”"),
        html=("self::*[@lang='pl' and @dir='ltr']", link("01632 960411", "tel:+441632960411")),
    ),
    Feature(
        "H3",
        "An item in Urdu, set from the right",
        f"{FOLDER}/94-urdu.md",
        said=("مدد کیسے مانگیں", "اگر آپ کسی بچے کے بارے میں", "آپ اردو میں بات کر سکتے ہیں۔"),
        html=("self::*[@lang='ur' and @dir='rtl']", link("01632 960411", "tel:+441632960411")),
        paper=("In other languages",),
        more=("test_a_telephone_number_in_urdu_is_not_turned_round",),
    ),
    Feature(
        "H4",
        "A line in Welsh within an English item",
        f"{FOLDER}/96-bilingual.md",
        said=("Here it is:", "Rwy’n hapus i siarad â chi yn Gymraeg."),
        html=(".//p[@lang='cy' and starts-with(., 'Rwy')]", "self::*[not(@lang)]"),
    ),
    Feature(
        "H5",
        "A whole issue in Urdu",
        f"{URDU}/issue.md",
        said=("مدد مانگنا آسان ہے", "یہ صفحہ والدین کے لیے ہے۔", "کس کو فون کریں", "بتائیے کہ آپ نے کیا دیکھا یا سنا۔"),
        html=("/html[@lang='ur' and @dir='rtl']",),
        links=("https://www.example.org/wtsp/urdu",),
        paper=("www.example.org/wtsp/urdu",),
        subject="مدد مانگنا آسان ہے",
        more=("test_a_telephone_number_in_urdu_is_not_turned_round",),
    ),
)
