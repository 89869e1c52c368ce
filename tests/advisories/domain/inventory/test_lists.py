"""What machines list by themselves: packages of their system, libraries, Windows' programs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.inventory import Asset, RefusedRow, read_inventory
from noroshi.advisories.domain.inventory.windows import program_name
from noroshi.advisories.domain.matching import Component

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n'
DPKG_LIST = """Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name           Version            Architecture Description
+++-==============-==================-============-=================
ii  libssl3:amd64  3.0.11-1~deb12u2   amd64        Secure Sockets Layer toolkit
rc  old            1.0                amd64        was here
hi  held           1:2.0-1            all          kept as it is
"""


def rows(text):
    return list(read_inventory(text.encode()))


def found(text):
    return [row.component if isinstance(row, Asset) else row for row in rows(text)]


def test_what_dpkg_lists_is_of_whatever_distribution_stands_before_it():
    assert found(DEBIAN + DPKG_LIST) == [
        Component("libssl3", "3.0.11-1~deb12u2", purl="pkg:deb/debian/libssl3@3.0.11-1~deb12u2"),
        RefusedRow(10, "not installed: rc"),
        Component("held", "1:2.0-1", purl="pkg:deb/debian/held@1%3A2.0-1"),
    ]
    assert [row.name for row in rows(DEBIAN + DPKG_LIST)[::2]] == ["Debian GNU/Linux 12 (bookworm)"] * 2
    assert found(DPKG_LIST)[0] == Component("libssl3", "3.0.11-1~deb12u2")


def test_a_package_is_known_by_its_source_where_that_is_named():
    (asset, gone, plain) = rows(
        "ID=ubuntu\nlibstdc++6:amd64\t12.3.0-1\tgcc-12\t12.3.0-1ubuntu1\ngone\t\nzlib1g\t1:1.3\n"
    )
    assert asset.component == Component("gcc-12", "12.3.0-1ubuntu1", purl="pkg:deb/ubuntu/gcc-12@12.3.0-1ubuntu1")
    assert asset.other == {"package": "libstdc++6:amd64", "architecture": "amd64"}
    assert gone == RefusedRow(3, "not installed: it has no version")
    assert plain.component == Component("zlib1g", "1:1.3", purl="pkg:deb/ubuntu/zlib1g@1%3A1.3")


@pytest.mark.parametrize(
    "text", ["ID=rhel\nopenssl-libs-3.0.7-27.el9.x86_64\n", "ID=rhel\nopenssl-libs\t(none):3.0.7-27.el9\tx86_64\n"]
)
def test_what_rpm_lists_is_read_as_it_is_and_in_columns(text):
    (asset,) = rows(text)
    assert asset.component.purl == "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9"
    assert (asset.component.version, asset.other) == ("3.0.7-27.el9", {"architecture": "x86_64"})


def test_keys_and_what_is_no_package_are_refused_by_line():
    assert found("a-1-1.noarch\n" * 40 + "gpg-pubkey-fd431d51-4ae0493b\nnonsense\nb\t1:2-3\tsrc\n")[40:] == [
        RefusedRow(41, "a key, no package"),
        RefusedRow(42, "no name, version and release"),
        Component("b", "1:2-3"),
    ]


def test_what_pip_freezes_is_read_with_what_has_no_version():
    text = "# made by hand\nSome.Thing[extra]==1.0 ; python_version > '3'\n\nlocal @ file:///x/local.whl\n-e git+https://x/y#egg=mine\n"
    assert found(text) == [
        Component("Some.Thing", "1.0", purl="pkg:pypi/Some.Thing"),
        Component("local", purl="pkg:pypi/local"),
        Component("mine", purl="pkg:pypi/mine"),
    ]
    assert found(json.dumps([{"name": "Django", "version": "5.2"}, {"version": "1"}, 3])) == [
        Component("Django", "5.2", purl="pkg:pypi/Django"),
        RefusedRow(2, "no product, CPE or package URL"),
        RefusedRow(3, "no product, CPE or package URL"),
    ]


def test_what_npm_lists_is_read_once_in_each_version_the_inner_ones_too():
    inner = {"b": {"version": "2.0.0"}}
    tree = {
        "name": "portal",
        "dependencies": {
            "@scope/a": {"version": "1.0.0", "dependencies": inner},
            "b": {"version": "3.0.0"},
            "c": {"missing": True, "required": "^1"},
            "d": {"version": "1.0.0", "dependencies": inner},
        },
    }
    assert found(json.dumps(tree)) == [
        Component("@scope/a", "1.0.0", purl="pkg:npm/@scope/a"),
        Component("b", "2.0.0", purl="pkg:npm/b"),
        Component("b", "3.0.0", purl="pkg:npm/b"),
        RefusedRow(4, "not installed: c"),
        Component("d", "1.0.0", purl="pkg:npm/d"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '#TYPE Selected.X\n"PSComputerName","DisplayName","DisplayVersion","Publisher"\n',
        "Node,Name,Version,Vendor\n",
        "ホスト名,名前,バージョン,発行元\n",
    ],
)
def test_windows_programs_are_read_without_what_windows_adds_to_their_names(text):
    (asset,) = rows(text + 'PC1,"Mozilla Firefox (x64 ja)",115.0.2,Mozilla\n')
    assert asset.component == Component("Mozilla Firefox", "115.0.2", "Mozilla")


@pytest.mark.parametrize(
    ("name", "version", "short"),
    [
        ("7-Zip 22.01 (x64)", "22.01", "7-Zip"),
        ("7-Zip 22.01 (x64 edition)", "22.01", "7-Zip 22.01 (x64 edition)"),
        ("Python 3.11.4 (64-bit)", "3.11.4150.0", "Python 3.11.4"),
        ("Notepad++ (64-bit x64)", "8.5", "Notepad++"),
        ("Microsoft 365 Apps for enterprise - ja-jp", "16.0.1", "Microsoft 365 Apps for enterprise"),
        ("Wireshark 4.0.6 64-bit", "4.0.6", "Wireshark"),
        ("Windows 10", "10", "Windows 10"),
        ("1.2", "1.2", "1.2"),
    ],
)
def test_the_name_of_a_program_is_what_is_left_without_processor_language_and_version(name, version, short):
    assert program_name(name, version) == short


lines = st.text("ab1-.:=@\t #i\n", max_size=60)


@given(lines, st.sampled_from(["", DEBIAN, "ii  a 1\n", "a\t1\n", "a-1-1.noarch\n", "a==1\n"]))
def test_each_line_is_read_or_refused_whoever_wrote_it(text, begin):
    try:
        read = rows(begin + text)
    except ValueError:
        return
    assert [row for row in read if not isinstance(row, Asset | RefusedRow)] == []
