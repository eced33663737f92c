// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

import java.util.BitSet;
import java.util.Optional;

/** Tells which dictionaries the zpages of a store need. For one thread at a time. */
@FunctionalInterface
public interface DictionaryUses {
  /** Knows nothing, so every dictionary stays. */
  DictionaryUses UNKNOWN = Optional::empty;

  /**
   * Looks at every page there is; takes some tenths of a second for a million of them, and holds
   * nothing up.
   *
   * <p>A zpage that moves meanwhile may be missed when the move takes as long as the look. Every
   * zpage that was on its way down at the look before has arrived and is seen.
   *
   * @return numbers of the dictionaries that were met; empty when that cannot be told now
   */
  Optional<BitSet> look();
}
