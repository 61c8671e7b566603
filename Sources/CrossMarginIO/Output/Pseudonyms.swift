// Names of accounts as they are stored: their own, or keyed hashes that only the holder of the key
// can connect with them.

/// The stored names of all accounts, in the order of the accounts.
struct Pseudonyms: Sendable {
  /// Digits of the hash that are kept: 64 bits, so that among a million accounts two meet with a
  /// probability of about 3e-8; if they do, it is an error.
  static let hexDigitCount = 16

  /// What is stored for each account.
  let storedNames: [String]
  private let originalNames: [String]?

  /// The names themselves, or with a key their pseudonyms.
  ///
  /// Precondition: a key is not empty.
  init(names: [String], key: [UInt8]?) throws(OutputError) {
    guard let key else {
      storedNames = names
      originalNames = nil
      return
    }
    let hashed = names.map { name in
      String(
        KeyedHash.hmacSHA256(key: key, message: Array(name.utf8).span).prefix(Self.hexDigitCount))
    }
    try Self.requireDistinct(hashed, of: names)
    storedNames = hashed
    originalNames = names
  }

  /// A text for people that may name an account: the account's pseudonym where it is exactly that
  /// name, and nothing of it where it contains the name of any account.
  func masked(_ text: String) -> String {
    guard let originalNames else { return text }
    if let position = originalNames.firstIndex(of: text) { return storedNames[position] }
    let mentions = originalNames.contains { !$0.isEmpty && text.contains($0) }
    return mentions ? "(withheld)" : text
  }

  private static func requireDistinct(
    _ hashed: [String], of names: [String]
  ) throws(OutputError) {
    let order = hashed.indices.sorted { hashed[$0] < hashed[$1] }
    for (left, right) in zip(order, order.dropFirst()) where hashed[left] == hashed[right] {
      throw .pseudonymCollision(first: names[left], second: names[right])
    }
  }
}
