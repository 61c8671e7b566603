// Times and durations as text: known instants, the whole calendar, and what is refused.

import CrossMarginIO
import Testing

@Suite struct ScanTimeTests {
  private static let day: Int64 = 86_400_000_000

  @Test(
    arguments: [
      // Unix times of well-known instants: POSIX epoch, the billennium, the end of 32 bits.
      ("1970-01-01T00:00Z", 0), ("2001-09-09T01:46:40Z", 1_000_000_000_000_000),
      ("2038-01-19T03:14:07Z", 2_147_483_647_000_000), ("1969-12-31T23:59:59.999999Z", -1),
      ("2026-03-27T08:00Z", 1_774_598_400_000_000),
      ("2026-03-27T09:00+01:00", 1_774_598_400_000_000),
      ("2026-03-27T02:30:00-05:30", 1_774_598_400_000_000),
      ("2026-03-27T08:00:00+00:00", 1_774_598_400_000_000),
      ("2026-03-27T08:00:00.1234567Z", 1_774_598_400_123_456),
      ("2026-03-27T08:00:00.5Z", 1_774_598_400_500_000), ("1969-12-31T23:59:59.999999999Z", -1),
      ("0001-01-01T00:00Z", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999)
    ] as [(String, Int64)])
  func knownInstants(text: String, microseconds: Int64) {
    #expect(TimeText.microseconds(text) == microseconds)
  }

  @Test(arguments: [
    "", "2026-03-27", "2026-03-27T08:00", "2026-03-27T08:00:00", "2026-03-27 08:00Z",
    "2026-03-27t08:00z",
    "2026-02-29T00:00Z", "2026-02-30T00:00Z", "1900-02-29T00:00Z", "2026-04-31T00:00Z",
    "2026-13-01T00:00Z",
    "2026-00-01T00:00Z", "2026-01-00T00:00Z", "2026-01-01T24:00Z", "2026-01-01T08:60Z",
    "2016-12-31T23:59:60Z", "2026-01-01T08:00:00.Z", "2026-01-01T08:00:00.1234567890Z",
    "2026-01-01T08:00:00,5Z", "2026-01-01T08:00.5Z", "2026-01-01T08:00-00:00",
    "2026-01-01T08:00+0100",
    "2026-01-01T08:00+01", "2026-01-01T08:00+19:00", "2026-01-01T08:00+01:60", "2026-01-01T08:00Z ",
    " 2026-01-01T08:00Z", "26-01-01T08:00Z", "+2026-01-01T08:00Z", "0000-01-01T00:00Z",
    "20260101T0800Z",
    "0001-01-01T00:00+01:00", "9999-12-31T23:30-01:00", "2026-1-1T08:00Z", "2026-01-01T8:00Z"
  ])
  func refusesOtherText(text: String) {
    #expect(TimeText.microseconds(text) == nil)
  }

  /// Counts days by the lengths of months alone, through every day of ten thousand years.
  @Test func calendarIsGapless() {
    func padded(_ number: Int, _ width: Int) -> String {
      String(repeating: "0", count: width - "\(number)".count) + "\(number)"
    }
    var expected = TimeText.microsecondsRange.lowerBound
    var mismatchCount = 0
    for year in 1...9_999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      let everyDay = (1_895...2_105).contains(year)
      for (month, length) in lengths.enumerated() {
        for day in 1...length {
          if everyDay || day == 1 || day == length {
            let text = "\(padded(year, 4))-\(padded(month + 1, 2))-\(padded(day, 2))T00:00Z"
            if TimeText.microseconds(text) != expected { mismatchCount += 1 }
            if TimeText.format(expected) != text { mismatchCount += 1 }
          }
          expected += ScanTimeTests.day
        }
      }
    }
    #expect(mismatchCount == 0)
    #expect(expected == TimeText.microsecondsRange.upperBound + 1)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00Z"), (1, "1970-01-01T00:00:00.000001Z"),
      (-1, "1969-12-31T23:59:59.999999Z"),
      (1_500_000, "1970-01-01T00:00:01.5Z"), (61_000_000, "1970-01-01T00:01:01Z")
    ] as [(Int64, String)])
  func formatsShortest(microseconds: Int64, text: String) {
    #expect(TimeText.format(microseconds) == text)
  }

  @Test func everyTimeIsReadBack() {
    var random = ScanRandom(seed: 11)
    for _ in 0..<20_000 {
      let time = Int64.random(in: TimeText.microsecondsRange, using: &random)
      #expect(TimeText.microseconds(TimeText.format(time)) == time)
    }
  }

  @Test(
    arguments: [
      ("PT2H", 7_200_000_000), ("P1D", day), ("P1DT12H", day + day / 2), ("P2W", 14 * day),
      ("PT0S", 0), ("PT1M", 60_000_000), ("PT0.25S", 250_000),
      ("P3DT4H5M6.000007S", 273_906_000_007),
      ("PT36H", day + day / 2), ("P0D", 0), ("PT1.1234567S", 1_123_456)
    ] as [(String, Int64)])
  func knownDurations(text: String, microseconds: Int64) {
    #expect(DurationText.microseconds(text) == microseconds)
  }

  @Test(arguments: [
    "", "P", "PT", "P1", "1D", "P1Y", "P1M", "P1YT1H", "P1DT", "PT1D", "P1H", "P1W1D", "P1D1W",
    "P1WT1H",
    "PT1H1H", "PT1M1H", "PTT1H", "-PT1H", "P-1D", "PT1.5H", "P1.5D", "PT.5S", "PT1.S", "PT1,5S",
    "pt1h",
    "PT1H ", " PT1H", "PT1.1234567890S", "P99999999999999999999D", "P999999999999999W"
  ])
  func refusesOtherDurations(text: String) {
    #expect(DurationText.microseconds(text) == nil)
  }

  @Test func everyDurationIsReadBack() {
    var random = ScanRandom(seed: 12)
    #expect(DurationText.format(0) == "PT0S")
    #expect(DurationText.format(ScanTimeTests.day) == "P1D")
    #expect(DurationText.format(ScanTimeTests.day * 3 / 2) == "P1DT12H")
    for _ in 0..<20_000 {
      let duration =
        Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0...60, using: &random)
      #expect(DurationText.microseconds(DurationText.format(duration)) == duration)
    }
  }
}
