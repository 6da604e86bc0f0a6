"""Files as people have them: each is read, or refused with its place."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from banyan.imports.profile import distinct_names, profile
from banyan.imports.reading import MAX_CELL, Format, find_format, read_rows
from banyan.kernel.errors import InvalidInput


@pytest.fixture
def written(tmp_path: Path):
    def write(content: bytes | str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def workbook(*rows: list[object], sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = sheets[-1]
    for name in reversed(sheets[:-1]):
        book.create_sheet(name, 0)
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(path: Path) -> tuple[Format, list[list[str]]]:
    form = find_format(path)
    return form, list(read_rows(path, form))


def refusal(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("content", [b"", b"  \r\n \n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused_as_empty(written, content):
    path = written(content)
    with pytest.raises(InvalidInput) as caught:
        profile(read_rows(path, find_format(path)))
    assert caught.value.code == "file_empty"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_chinese_text_is_read_in_its_encoding(written, encoding, found):
    rows = "客户名称,城市\n" + "".join(f"怀化市华奕人力资源有限公司{i},上海市浦东新区\n" for i in range(30))
    form, read_back = read(written(rows, encoding))
    assert form.encoding == found
    assert read_back[0] == ["客户名称", "城市"]
    assert read_back[30] == ["怀化市华奕人力资源有限公司29", "上海市浦东新区"]


def test_one_wrong_byte_far_down_is_found_before_the_file_is_taken_for_utf8(written):
    text = ("name\n" + "x" * 300_000 + "\n").encode() + "公司".encode("gb18030") + b"\n"
    assert find_format(written(text)).encoding == "gb18030"


def test_western_accents_are_not_taken_for_chinese(written):
    text = "name;city\n" + "Société Générale;Besançon\nMüller & Söhne;Köln\nJosé Peña;Málaga\n" * 20
    form, rows = read(written(text, "cp1252"))
    assert rows[2] == ["Müller & Söhne", "Köln"]
    assert form.delimiter == ";"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_found_out(written, delimiter):
    text = "\n".join(delimiter.join(row) for row in [["a", "b", "c"], ["1", "2", "3"], ["x", "y", "z"]])
    form, rows = read(written(text))
    assert form.delimiter == delimiter
    assert rows[2] == ["x", "y", "z"]


def test_commas_inside_quotes_and_line_ends_inside_cells_are_kept(written):
    _, rows = read(written('name,note\n"Li, Wei","first\nsecond ""quoted"""\n'))
    assert rows[1] == ["Li, Wei", 'first\nsecond "quoted"']


def test_header_below_title_rows_is_found(written):
    text = "2026 年客户清单,,\n制表人：王芳,,\n客户名称,城市,员工人数\n华为,深圳,200\n中兴,深圳,80\n"
    form, rows = read(written(text))
    assert form.header_row == 3
    assert rows[0] == ["客户名称", "城市", "员工人数"]


def test_ragged_rows_are_read_as_they_are(written):
    _, rows = read(written("a,b,c\n1,2\n1,2,3,4\n1,2,3\n"))
    assert [len(row) for row in rows] == [3, 2, 4, 3]


def test_five_hundred_columns_are_read(written):
    header = ",".join(f"c{i}" for i in range(500))
    _, rows = read(written(f"{header}\n{','.join('1' * 500)}\n"))
    assert len(rows[1]) == 500


def test_more_columns_than_allowed_are_refused_with_the_number(written):
    problem = refusal(written(",".join(f"c{i}" for i in range(1_001)) + "\n"))
    assert problem.code == "file_too_many_columns"
    assert problem.params["columns"] == 1_001


def test_duplicate_and_blank_headers_are_told_apart():
    assert distinct_names(["电话", "电话", "", " 电话 "]) == ["电话", "电话 (2)", "(3)", "电话 (3)"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_cell_of_a_hundred_megabytes_is_refused_with_its_row(written, quote):
    cell = quote + "x" * 100_000_000 + quote
    problem = refusal(written(f"name,note\nA,b\nB,{cell}\n"))
    assert problem.code == "cell_too_large"
    assert problem.params["limit"] == MAX_CELL


def test_cell_larger_than_the_librarys_own_limit_is_read(written):
    _, rows = read(written("name,note\nA," + "x" * 200_000 + "\n"))
    assert len(rows[1][1]) == 200_000


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n....",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b\x08",
        b"a\x00b",
    ],
)
def test_foreign_file_is_refused_whatever_its_name(written, content):
    assert refusal(written(content)).code == "file_not_kind"


def test_zip_that_is_no_workbook_is_refused(written):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(written(buffer.getvalue())).code == "file_not_kind"


def test_workbook_under_any_name_is_read_with_dates_and_numbers_as_text(written):
    import datetime as dt

    day = dt.date(2026, 11, 21)
    form, rows = read(written(workbook(["名称", "金额", "日期"], ["甲", 1200.5, day], ["乙", 3.0, None])))
    assert form.kind == "xlsx"
    assert rows[1][:2] == ["甲", "1200.5"]
    assert rows[1][2].startswith("2026-11-21")
    assert rows[2][:2] == ["乙", "3"]


def test_first_sheet_that_holds_something_is_taken(written):
    form, rows = read(written(workbook(["a"], ["1"], sheets=("封面", "说明", "数据"))))
    assert form.sheet == "数据"
    assert form.sheets == ("封面", "说明", "数据")
    assert rows == [["a"], ["1"]]


def test_workbook_without_a_cell_is_empty(written):
    assert refusal(written(workbook())).code == "file_empty"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_truncated_workbook_is_refused_as_damaged(written, kept):
    whole = workbook(["name", "city"], *[[f"n{i}", f"c{i}"] for i in range(500)])
    assert refusal(written(whole[: int(len(whole) * kept)])).code == "file_damaged"


def test_workbook_with_damaged_sheets_is_refused_as_damaged(written):
    source = zipfile.ZipFile(io.BytesIO(workbook(["name"], ["x"])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in source.namelist():
            content = source.read(entry)
            archive.writestr(entry, content[: len(content) // 3] if "sheet1" in entry else content)
    assert refusal(written(buffer.getvalue())).code in ("file_damaged", "file_empty")


def test_zip_bomb_is_refused_before_it_unpacks(written):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert refusal(written(buffer.getvalue())).code == "file_unpacks_too_large"


def test_profile_counts_fill_distinct_values_and_types(written):
    rows = [["客户", "邮箱", "电话", "日期", "金额", "代码"]]
    rows += [
        [f"公司{i}", f"u{i}@example.com", f"1380000{i:04d}", "2026/3/5", "¥1,200.50", "91321281MA1XJE7H4B"]
        for i in range(10)
    ]
    rows += [["公司11", "", "", "", "", ""]]
    found = profile(iter(rows))
    assert found.rows == 11
    types = [column.type for column in found.columns]
    assert types == ["text", "email", "phone", "date", "number", "credit_code"]
    assert found.columns[1].document(11)["fill_rate"] == "0.9091"
    assert found.columns[4].document(11)["values"] == [{"value": "¥1,200.50", "count": 10}]
