// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/** One page of the fake chain: its zpage and where that is. */
public final class FakePage {
  /** Where the only valid copy is. */
  public enum Place {
    ABOVE,
    SHADOW,
    BELOW,
    GONE
  }

  public static final int BYTES = 1024;

  public final long id;
  public final ByteBuffer zpage = ByteBuffer.allocateDirect(BYTES);
  public Place place = Place.ABOVE;
  public boolean referenced;
  public boolean alwaysReferenced;
  public boolean ephemeral;
  public boolean backed;
  public boolean brokenCommit;
  public String tenant = "default";
  public boolean brokenClaim;
  long locator;

  FakePage(long id) {
    this.id = id;
    ZpageHeader.write(zpage, 0, 1, id, 0, id, 1, 0, 12, BYTES - ZpageHeader.BYTES);
  }
}
