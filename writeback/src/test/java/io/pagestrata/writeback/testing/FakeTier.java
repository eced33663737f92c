// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.ZpageReader;
import java.nio.ByteBuffer;

/** What all fake tiers have in common: a name, zpages of one size, and nothing to read. */
public abstract class FakeTier implements Tier {
  private final String name;

  protected FakeTier(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public void attach(TierHost host) {}

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) {
    return GONE;
  }

  @Override
  public int scratchBytes() {
    return 0;
  }

  @Override
  public long heldBytes(long locator) {
    return FakePage.BYTES;
  }

  @Override
  public String describe(long locator) {
    return name + " " + locator;
  }

  @Override
  public void close() {}
}
