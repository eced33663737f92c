// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;

/** The RAM tier with the {@code zsmalloc} zpool keeps the contract of upper tiers. */
class RamTierWithZsmallocTest extends UpperTierContract {
  @Override
  protected UpperTier open(Path directory) {
    return new RamTier(
        RamSettings.of("ram", LIMIT_BYTES, Zpages.PAGE_BYTES).with(ZpoolKind.ZSMALLOC),
        new MemoryBudget(LIMIT_BYTES),
        System::nanoTime);
  }
}
