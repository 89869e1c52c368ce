"""Pictures of what belongs to what."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from noroshi.kit.graphs import COLUMN, LETTERS, WIDTH, Node, Relations, Tie, relation_view

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


def drawn(left, right, ties):
    return relation_view(Relations("Ties", ("Value", "Tie", "Signal"), left, right, ties))


def test_relation_view_draws_a_line_for_each_tie_and_has_all_of_it_as_a_table():
    left, right = [Node("a", main=True), Node("あ" * 40)], [Node("<b>", "/b/"), Node("c")]
    figure = ET.fromstring(drawn(left, right, [Tie(0, 0, "names it"), Tie(1, 1, "names a network around it")]))
    assert [line.get("d").split()[0] for line in figure.iter("path")] == [f"M{COLUMN}", f"M{COLUMN}"]
    assert [link.get("href") for link in figure.iter("a")] == ["/b/"]
    assert [text.text for text in figure.iter("text")] == ["a", "あ" * 17 + "…", "<b>", "c"]
    cells = [["".join(cell.itertext()) for cell in row] for row in figure.iter("tr")]
    assert cells == [
        ["Value", "Tie", "Signal"],
        ["a", "names it", "<b>"],
        ["あ" * 40, "names a network around it", "c"],
    ]


@given(st.lists(texts, min_size=1, max_size=6), st.lists(texts, min_size=1, max_size=6), st.data())
def test_whatever_is_drawn_is_well_formed_and_inside_the_picture(left, right, data):
    place = st.tuples(st.integers(0, len(left) - 1), st.integers(0, len(right) - 1))
    ties = [Tie(*pair, "x") for pair in data.draw(st.lists(place, max_size=8))]
    figure = ET.fromstring(drawn([Node(text) for text in left], [Node(text) for text in right], ties))
    picture = next(figure.iter("svg"))
    height = float(picture.get("height"))
    boxes = [{name: float(box.get(name)) for name in ("x", "y", "width", "height")} for box in figure.iter("rect")]
    assert len(boxes) == len(left) + len(right)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= WIDTH for box in boxes)
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)
    assert all(len(text.text or "") <= LETTERS for text in figure.iter("text"))
