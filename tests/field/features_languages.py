"""H. Languages other than English: for a whole issue, an item, or a line."""

from __future__ import annotations

from tests.field.field_kit import Feature, link

FOLDER = "issues/2027-06-summer"
URDU = "guidance/2027-06-urdu"
WELSH = "guidance/2027-06-cymraeg"

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
    Feature(
        "H6",
        "A whole issue in Welsh: what the templates say themselves, dates and buttons included, is in Welsh too",
        f"{WELSH}/issue.md",
        said=(
            "Gofyn am help",
            "Dydd Mercher 9 Mehefin 2027",
            "Beth mae angen i chi ei wneud",
            "Ar gyfer pwy",
            "hanner dydd tan 1pm",
            "Archebu erbyn",
            "Dydd Gwener 18 Mehefin 2027",
            "Archebu lle",
        ),
        html=("/html[@lang='cy' and @dir='ltr']", ".//a[starts-with(normalize-space(), 'Archebu lle')]"),
        text=("Archebu erbyn: Dydd Gwener 18 Mehefin 2027", "Dydd Mawrth 22 Mehefin 2027, hanner dydd tan 1pm"),
        never=("What you need to do", "Who it is for", "Book by", "June", "Page 1"),
        calendar=("DTSTART;TZID=Europe/London:20270622T120000", "Archebu lle: https://www.example.org/archebu"),
    ),
)
