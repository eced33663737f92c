// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.Recompressor;
import java.util.Collections;
import java.util.List;

/**
 * What makes zpages of a chain denser in the background.
 *
 * @param recompressors for each tier, top first: on the way into it, and at rest in it
 * @param dictionaries are trained
 */
public record Density(List<Recompressor> recompressors, Dictionaries dictionaries) {
  /**
   * Copies the list.
   *
   * @param recompressors see above
   * @param dictionaries see above
   */
  public Density {
    recompressors = List.copyOf(recompressors);
  }

  /**
   * Leaves every zpage as it is.
   *
   * @param hierarchy the chain
   * @return one that does nothing
   */
  public static Density asItIs(Hierarchy hierarchy) {
    return new Density(
        Collections.nCopies(hierarchy.tierCount(), Recompressor.NONE), Dictionaries.NONE);
  }
}
