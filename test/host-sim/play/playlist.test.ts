import assert from "node:assert"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parsePlaylist, readPlaylist } from "../../../host-sim/play/playlist"
import { loadResumePoint, saveResumePoint } from "../../../host-sim/play/resume-point"
import { durationSeconds, nextSlot, timeToday } from "../../../host-sim/play/start-time"

const there = new Set(["/music/one.mp3", "/music/sub/two.flac", "/music/Über.wav", "/music/100% bpm=128.ogg", "/elsewhere/three.wav"])
const parse = (text: string) => parsePlaylist(text, "/music", (path) => there.has(path))

describe("a playlist", () => {
  it("is read extended, relative, absolute, URL-quoted, with either slash and any line end", () => {
    const { tracks, skipped } = parse(
      "\ufeff#EXTM3U\r\n# a comment\r\n#EXTINF:123,Artist - One\r\none.mp3\r\n\r\nsub\\two.flac\n%C3%9Cber.wav\r/elsewhere/three.wav\nfile:///music/one.mp3\n100% bpm=128.ogg\n",
    )
    assert.deepStrictEqual(
      tracks.map(({ path, title, bpm }) => [path, title, bpm]),
      [
        ["/music/one.mp3", "Artist - One", undefined],
        ["/music/sub/two.flac", "two", undefined],
        ["/music/Über.wav", "Über", undefined],
        ["/elsewhere/three.wav", "three", undefined],
        ["/music/one.mp3", "one", undefined],
        ["/music/100% bpm=128.ogg", "100% bpm=128", 128],
      ],
    )
    assert.deepStrictEqual(skipped, [])
  })

  it("lists what is missing with its line, and goes on", () => {
    const { tracks, skipped } = parse("#EXTINF:1,Lost\ngone.mp3\none.mp3\nhttp://radio/stream\n")
    assert.deepStrictEqual(
      tracks.map(({ title }) => title),
      ["one"],
      "the lost one's title is not the next one's",
    )
    assert.deepStrictEqual(skipped, ["line 2: gone.mp3 is not there", "line 4: http://radio/stream is not a file"])
  })

  it("shows nothing that a terminal would obey, and believes no tempo of nothing", () => {
    const text = "#EXTINF:1,\x1b[2Jfine bpm=00\na.wav\n\x1b]0;lost\x07\n"
    const { tracks, skipped } = parsePlaylist(text, "/list", (path) => path.endsWith("a.wav"))
    assert.deepStrictEqual(
      tracks.map(({ title, bpm }) => [title, bpm]),
      [["\ufffd[2Jfine bpm=00", undefined]],
    )
    assert.deepStrictEqual(skipped, ["line 3: \ufffd]0;lost\ufffd is not there"])
  })

  it("is read in Latin-1 where it is no UTF-8, and refused where there is nothing to play", () => {
    const directory = mkdtempSync(join(tmpdir(), "tactus-list-"))
    writeFileSync(join(directory, "Über.wav"), "")
    writeFileSync(join(directory, "old.m3u"), Buffer.from("Über.wav\r\n", "latin1"))
    assert.strictEqual(readPlaylist(join(directory, "old.m3u")).tracks[0].path, join(directory, "Über.wav"))
    writeFileSync(join(directory, "empty.m3u8"), "# nothing\n")
    assert.throws(() => readPlaylist(join(directory, "empty.m3u8")), /empty\.m3u8: nothing to play, expected a file name a line/)
    assert.throws(() => readPlaylist(join(directory, "none.m3u8")), /none\.m3u8: not readable/)
  })
})

describe("the start of a list", () => {
  const evening = new Date(2026, 10, 21, 18, 54, 50).getTime() * 1000

  it("is at a time of day, refused once it has passed, with the next possible one", () => {
    assert.strictEqual(timeToday("18:55:00", evening) - evening, 10e6)
    assert.strictEqual(timeToday("18:55:00.25", evening) - evening, 10.25e6)
    assert.throws(() => timeToday("18:54:50", evening), /--at 18:54:50 has passed; the next slot is at 18:55:00/)
    assert.throws(() => timeToday("25:00", evening), /expected a time of day like 18:55:00/)
  })

  it("is at the next slot of the shared clock, with notice", () => {
    assert.strictEqual(nextSlot(evening, 15, 5), evening + 10e6)
    assert.strictEqual(nextSlot(evening + 6e6, 15, 5), evening + 25e6)
  })

  it("is after a duration in words", () => {
    assert.deepStrictEqual(
      ["20s", "500ms", "2m", "7"].map((text) => durationSeconds("in", text)),
      [20, 0.5, 120, 7],
    )
    assert.throws(() => durationSeconds("in", "soon"), /--in is "soon"; expected a time like 20s/)
  })
})

describe("the resume point", () => {
  it("comes back exactly, of its own list only, and never damaged", () => {
    const path = join(mkdtempSync(join(tmpdir(), "tactus-resume-")), "state", "resume")
    const point = { list: "/music/list.m3u8", track: "/music/one.mp3", seconds: 83.104166 }
    assert.strictEqual(loadResumePoint(path, point.list), undefined)
    saveResumePoint(path, point)
    saveResumePoint(path, { ...point, seconds: 84.5 })
    assert.deepStrictEqual(loadResumePoint(path, point.list), { ...point, seconds: 84.5 })
    assert.strictEqual(loadResumePoint(path, "/music/other.m3u8"), undefined)
    const whole = readFileSync(path)
    for (let cut = 0; cut < whole.length - 1; cut++) {
      writeFileSync(path, whole.subarray(0, cut))
      assert.strictEqual(loadResumePoint(path, point.list), undefined, `cut at ${cut}`)
    }
  })
})
