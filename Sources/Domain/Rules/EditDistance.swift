extension String {
  /// Returns the name with the least edit distance, at most a third of its length; nil without one.
  func nearest(of names: [String]) -> String? {
    // Longer texts are no typing errors, and take long to compare.
    guard utf8.count <= 32 else { return nil }
    let distances = names.lazy.filter { $0.utf8.count <= 64 }
      .map { (name: $0, edits: editDistance(Array($0.utf8), Array(utf8))) }
    guard let nearest = distances.min(by: { $0.edits < $1.edits }) else { return nil }
    return nearest.edits <= max(1, nearest.name.utf8.count / 3) ? nearest.name : nil
  }
}

/// Returns the Levenshtein distance: the number of letters to insert, remove or replace.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (index, letter) in one.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in other.indices {
      let replaced = diagonal + (letter == other[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[other.count]
}
