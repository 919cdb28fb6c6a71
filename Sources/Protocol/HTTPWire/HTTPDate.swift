/// A point in time in the format of the `Date` field, such as `Tue, 24 Nov 2026 04:17:01 GMT` (RFC 9110 section 5.6.7).
///
/// Reads no clock: the owner of a connection creates one per second and passes it in.
package struct HTTPDate: Sendable {
  /// Inline, so that a copy counts no reference.
  private let text: InlineArray<29, UInt8>

  package init(secondsSince1970 seconds: Int64) {
    let days = Int(seconds / 86_400)
    let time = Int(seconds % 86_400)
    let (year, month, day) = Self.civil(days)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    let monthName = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
    let date = Array("\(weekday), \(two(day)) \(monthName) \(year) \(clock) GMT".utf8)
    text = InlineArray { date[$0] }
  }

  var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { text.span }
  }

  /// Returns the Gregorian date of a day counted from 1970-01-01. Computes in years that start on March 1, so that the
  /// leap day is the last.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let sinceMarch = days + 719_468
    let era = sinceMarch / 146_097
    let dayOfEra = sinceMarch % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }
}
