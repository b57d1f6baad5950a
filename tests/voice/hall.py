"""Gives a program a loudspeaker that is not there, and records what it plays, in real time.

    python hall.py --out capture.wav -- foleni-display say J042 7
    python hall.py --out capture.wav --pull-plug 3 --for 3 -- foleni-display say J042 7     # the device goes and comes back

The loudspeaker is a PulseAudio null sink with a socket of its own: nothing of the machine's sound is touched.
Needs Debian's pulseaudio, pulseaudio-utils and libasound2-plugins.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

ALSA = """</usr/share/alsa/alsa.conf>
pcm.!default {{ type pulse server "unix:{socket}" }}
ctl.!default {{ type pulse server "unix:{socket}" }}
"""
PULSE = """load-module module-native-protocol-unix socket={socket} auth-anonymous=1
load-module module-null-sink sink_name=hall rate=48000 channels=1 format=s16le
set-default-sink hall
"""
SETTLE_SECONDS = 10


class Loudspeaker:
    """A PulseAudio server with one null sink, and a recorder on it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.socket = folder / "socket"
        (folder / "alsa.conf").write_text(ALSA.format(socket=self.socket))
        (folder / "hall.pa").write_text(PULSE.format(socket=self.socket))
        self.environment = {**os.environ, "ALSA_CONFIG_PATH": str(folder / "alsa.conf")}
        self._recordings: list[Path] = []

    def plug_in(self) -> None:
        home = {**os.environ, "HOME": str(self._folder), "XDG_RUNTIME_DIR": str(self._folder)}
        command = ["pulseaudio", "-n", "-F", self._folder / "hall.pa", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"]
        self._server = subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL)
        _await(self._answers)
        self._recordings.append(self._folder / f"{len(self._recordings)}.raw")
        command = ["parec", "-s", f"unix:{self.socket}", "-d", "hall.monitor", "--raw", "--rate=48000", "--channels=1", "--format=s16le", "--latency-msec=50"]
        with self._recordings[-1].open("wb") as out:
            self._recorder = subprocess.Popen(command, stdout=out, env=home, stderr=subprocess.DEVNULL)
        _await(lambda: self._recordings[-1].stat().st_size > 0)

    def pull_plug(self) -> None:
        for process in (self._server, self._recorder):
            process.kill()
            process.wait()
        self.socket.unlink(missing_ok=True)

    def recorded(self) -> np.ndarray:
        """Returns all that was played; a second of silence stands for each time without a loudspeaker."""
        away = np.zeros(48_000, "<i2")
        parts = [part for path in self._recordings for part in (away, np.fromfile(path, "<i2"))]
        return np.concatenate(parts[1:])

    def _answers(self) -> bool:
        command = ["pactl", "-s", f"unix:{self.socket}", "info"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _await(happened) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit("the loudspeaker did not start")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="WAV file of what was played")
    parser.add_argument("--pull-plug", type=float, metavar="SECONDS", help="after this long, take the loudspeaker away")
    parser.add_argument("--for", dest="away", type=float, default=3.0, metavar="SECONDS", help="and give it back after this long")
    parser.add_argument("--plug-in", type=float, metavar="SECONDS", help="there is no loudspeaker before this")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    command = args.command[1:] if args.command[:1] == ["--"] else args.command

    with tempfile.TemporaryDirectory() as folder:
        loudspeaker = Loudspeaker(Path(folder))
        if args.plug_in is None:
            loudspeaker.plug_in()
        program = subprocess.Popen(command, env=loudspeaker.environment)
        if args.plug_in is not None:
            time.sleep(args.plug_in)
            loudspeaker.plug_in()
        if args.pull_plug is not None:
            time.sleep(args.pull_plug)
            loudspeaker.pull_plug()
            time.sleep(args.away)
            loudspeaker.plug_in()
        outcome = program.wait()
        time.sleep(0.5)  # what is still on its way through the server
        loudspeaker.pull_plug()
        soundfile.write(args.out, loudspeaker.recorded(), 48_000, subtype="PCM_16")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
