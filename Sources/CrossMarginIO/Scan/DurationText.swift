// Durations by ISO 8601. Years and months are refused, since they have no fixed length.

/// Durations as text: `PT2H`, `P1DT12H`, `P2W`. A duration is a count of microseconds, not
/// negative.
package enum DurationText {
  /// What a caller should say it expected when `microseconds` returns nil.
  package static let expected =
    "an ISO 8601 duration in weeks, days, hours, minutes or seconds, such as PT2H"

  /// The duration that a text stands for: a week is 7 days, a day 24 hours.
  ///
  /// Form: `PnW`, or `P[nD][T[nH][nM][nS]]` with at least one part, `T` followed by one; only
  /// seconds may have a fraction, of one to nine digits, of which six count.
  /// - Returns: nil when the text is not of that form, names years or months, or does not fit.
  package static func microseconds(_ text: Span<UInt8>) -> Int64? {
    var reader = TimeReader(position: 0)
    guard reader.read(UInt8(ascii: "P"), text) else { return nil }
    var parts = DurationParts()
    while reader.position < text.count {
      if reader.read(UInt8(ascii: "T"), text) {
        guard parts.enterTime() else { return nil }
      } else {
        guard parts.readPart(text, &reader) else { return nil }
      }
    }
    return parts.isComplete ? parts.total : nil
  }

  /// The duration that a text stands for; see the other form.
  package static func microseconds(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { unsafe microseconds($0.span) }
  }

  /// A text that stands for a duration: days, hours, minutes and seconds where not zero; `PT0S` for
  /// zero.
  ///
  /// Precondition: the duration is not negative.
  package static func format(_ microseconds: Int64) -> String {
    precondition(microseconds >= 0, "a negative duration")
    let days = microseconds / TimeText.microsecondsPerDay
    let hours = microseconds / TimeText.microsecondsPerHour % 24
    let minutes = microseconds / TimeText.microsecondsPerMinute % 60
    let seconds = microseconds / TimeText.microsecondsPerSecond % 60
    let fraction = microseconds % TimeText.microsecondsPerSecond
    var time = ""
    if hours > 0 { time += "\(hours)H" }
    if minutes > 0 { time += "\(minutes)M" }
    if seconds > 0 || fraction > 0 { time += "\(seconds)\(TimeText.fractionText(fraction))S" }
    if days == 0 { return time.isEmpty ? "PT0S" : "PT" + time }
    return "P\(days)D" + (time.isEmpty ? "" : "T" + time)
  }
}

/// The parts of a duration read so far. Parts come in a fixed order, each at most once.
private struct DurationParts {
  private(set) var total: Int64 = 0
  private var isTime = false
  /// The place of the last part in the order W, D, H, M, S; -1 before the first.
  private var lastRank = -1
  private var hasWeeks = false

  /// A week stands alone; `T` is followed by a part.
  var isComplete: Bool { lastRank >= 0 && !(isTime && lastRank < 2) }

  mutating func enterTime() -> Bool {
    if isTime || hasWeeks { return false }
    isTime = true
    return true
  }

  mutating func readPart(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Bool {
    guard let number = readNumber(text, &reader), !hasWeeks else { return false }
    var fraction: Int64?
    if reader.read(UInt8(ascii: "."), text) {
      fraction = reader.readFraction(text)
      if fraction == nil { return false }
    }
    guard reader.position < text.count else { return false }
    let (rank, unit): (Int, Int64)
    switch (text[reader.position], isTime) {
    case (UInt8(ascii: "W"), false): (rank, unit) = (0, 7 * TimeText.microsecondsPerDay)
    case (UInt8(ascii: "D"), false): (rank, unit) = (1, TimeText.microsecondsPerDay)
    case (UInt8(ascii: "H"), true): (rank, unit) = (2, TimeText.microsecondsPerHour)
    case (UInt8(ascii: "M"), true): (rank, unit) = (3, TimeText.microsecondsPerMinute)
    case (UInt8(ascii: "S"), true): (rank, unit) = (4, TimeText.microsecondsPerSecond)
    default: return false
    }
    reader.position += 1
    guard rank > lastRank, rank == 4 || fraction == nil, rank > 0 || lastRank < 0 else {
      return false
    }
    lastRank = rank
    hasWeeks = rank == 0
    let (product, overflows) = number.multipliedReportingOverflow(by: unit)
    let (part, partOverflows) = product.addingReportingOverflow(fraction ?? 0)
    let (sum, sumOverflows) = total.addingReportingOverflow(part)
    if overflows || partOverflows || sumOverflows { return false }
    total = sum
    return true
  }

  private func readNumber(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Int64? {
    var value: Int64 = 0
    let start = reader.position
    while reader.position < text.count, let digit = reader.readDigits(1, text) {
      // Eighteen digits fit; no duration needs them.
      guard reader.position - start <= 18 else { return nil }
      value = value * 10 + digit
    }
    return reader.position > start ? value : nil
  }
}
