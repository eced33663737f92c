// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * An upper tier that may lose zpages it has accepted, as a server in a network does.
 *
 * <p>A zpage that must not be lost is stored in it together with a <em>mirror</em>: its backing, in
 * the next tier down that is not revocable. While the entry names the copy here, the mirror is what
 * makes the page safe, so cleaning below moves it instead of giving it up, and a read that fails
 * here is answered from there.
 *
 * <p>Such a tier need not take single zpages, and of a zpage with backing it may show {@link
 * #reclaim}'s visitor the header alone: such a zpage leaves without a write.
 */
public interface RevocableTier extends UpperTier {
  /**
   * Whether what is written back to this tier gets a mirror.
   *
   * @return false when the tier itself makes what it accepts safe enough
   */
  boolean isMirrored();

  /**
   * Shows a region as {@link #reclaim} does, but only one whose only copies had better not rest
   * here any longer, since what keeps them safe is not as it should be. Called while nothing
   * presses.
   *
   * @param visitor sees each zpage of the region
   * @return the region, to be settled, or {@link #NOTHING}
   */
  long repatriate(ZpageVisitor visitor);

  /**
   * Gives a zpage another backing. The answer names the same zpage with the new backing; the old
   * locator goes on naming it with the old one, so that whoever changes the entry decides which of
   * the two counts. Either of them frees the zpage. One thread at a time for each zpage.
   *
   * @param locator where the zpage rests
   * @param backing as {@link #backing}
   * @return the same place under another name
   */
  long rebase(long locator, long backing);
}
