import assert from "node:assert"
import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { withTags } from "../../../host-sim/play/tags"
import { parsePlaylist } from "../../../host-sim/play/playlist"
import { needs } from "../../support/needs"

describe("tags", () => {
  const folder = mkdtempSync(join(tmpdir(), "tactus-tags-"))
  const at = (name: string): string => join(folder, name)
  const track = (name: string, more = {}) => ({ path: at(name), title: name, line: 1, ...more })
  const make = (name: string, ...comments: string[]): void => {
    const words = comments.flatMap((comment) => ["--add-comment", comment])
    execFileSync("sox", ["-n", "-r", "44100", "-b", "16", ...words, at(name), "synth", "0.3", "sine", "440"])
  }

  before(function () {
    needs(this, "sox")
    needs(this, "lame")
    make("plain.wav")
    make("tagged.flac", "ARTIST=Die Band", "TITLE=Größe", "BPM=93.5", "COMMENT=live, cue=1.25")
    execFileSync("sox", [
      "-n",
      "-r",
      "44100",
      "--add-comment",
      "TITLE=Nur Titel",
      "--add-comment",
      "BPM=140",
      at("tagged.ogg"),
      "synth",
      "0.3",
    ])
    const tags = ["--tt", "Three", "--ta", "Band", "--tv", "TBPM=128", "--tc", "cue=0.35"]
    execFileSync("lame", ["--quiet", "--add-id3v2", ...tags, at("plain.wav"), at("tagged.mp3")])
  })

  it("give title, artist, tempo and cue of mp3, flac and ogg, and nothing of a bare wav", async () => {
    const found = await Promise.all(["tagged.mp3", "tagged.flac", "tagged.ogg", "plain.wav"].map((name) => withTags(track(name))))
    assert.deepStrictEqual(
      found.map(({ title, bpm, cueSeconds }) => [title, bpm, cueSeconds]),
      [
        ["Band - Three", 128, 0.35],
        ["Die Band - Größe", 93.5, 1.25],
        ["Nur Titel", 140, undefined],
        ["plain.wav", undefined, undefined],
      ],
    )
  })

  it("stand back behind what list and name say of tempo and cue", async () => {
    const { bpm, cueSeconds, title } = await withTags(track("tagged.mp3", { bpm: 127.97, cueSeconds: 0 }))
    assert.deepStrictEqual([bpm, cueSeconds, title], [127.97, 0, "Band - Three"])
    const { tracks } = parsePlaylist("#EXTINF:3,One (bpm=174,5 cue=2)\na.wav\nb bpm=60 cue=0.5.wav\n", folder, () => true)
    assert.deepStrictEqual(
      tracks.map((each) => [each.bpm, each.cueSeconds]),
      [
        [174.5, 2],
        [60, 0.5],
      ],
    )
  })

  it("that cannot be read change nothing", async () => {
    writeFileSync(at("broken.mp3"), "ID3 but not really")
    for (const name of ["broken.mp3", "absent.mp3"]) assert.deepStrictEqual(await withTags(track(name)), track(name))
  })
})
