"""Where a folder lies: memory and dm-crypt are private, a plain disk and what cannot be found out are not."""

import os
from types import SimpleNamespace

import pytest

from tutela_node.foundation.errors import Unavailable
from tutela_node.foundation.volumes import check_volume, is_private


@pytest.fixture
def machine(tmp_path):
    """A machine whose one file system lies on the device that really holds the folder; files say what it is."""
    device = os.stat(tmp_path).st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "sys" / "dev" / "block").mkdir(parents=True)
    top = tmp_path / "sys" / "devices" / "dm-1"
    top.mkdir(parents=True)
    (tmp_path / "sys" / "dev" / "block" / number).symlink_to(top)

    def mounted(kind):
        (tmp_path / "proc" / "self" / "mountinfo").write_text(f"1 0 {number} / /data rw - {kind} /dev/x rw\n")
        return lambda: is_private(tmp_path, proc=tmp_path / "proc", sys=tmp_path / "sys")

    return mounted, top


def crypt(device, uuid="CRYPT-LUKS2-0"):
    (device / "dm").mkdir(parents=True)
    (device / "dm" / "uuid").write_text(uuid)


def test_memory_is_private(machine):
    assert machine[0]("tmpfs")()


def test_a_plain_disk_is_not(machine):
    assert not machine[0]("ext4")()


def test_dm_crypt_is_private_also_below_another_layer(machine):
    ask, top = machine[0]("ext4"), machine[1]
    crypt(top, "LVM-x")
    (top / "slaves").mkdir()
    crypt(top.parent / "dm-0")
    (top / "slaves" / "dm-0").symlink_to(top.parent / "dm-0")
    assert ask()
    (top.parent / "sda").mkdir()
    (top / "slaves" / "sda").symlink_to(top.parent / "sda")
    assert not ask()


def test_what_cannot_be_found_out_is_not_private(tmp_path):
    assert not is_private(tmp_path / "missing")
    assert not is_private(tmp_path, proc=tmp_path, sys=tmp_path)


def test_production_refuses_a_plain_disk_unless_the_operator_states_otherwise(tmp_path):
    def placed(**told):
        return SimpleNamespace(data=tmp_path / "missing", **told)

    assert "production refuses" in check_volume(placed(production=False, volume_is_encrypted=False))
    assert "states" in check_volume(placed(production=True, volume_is_encrypted=True))
    with pytest.raises(Unavailable, match="plain disk"):
        check_volume(placed(production=True, volume_is_encrypted=False))
