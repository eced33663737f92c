// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.tiers.file.BudgetFile;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.writeback.TieredWriteback;
import io.pagestrata.writeback.WritebackSettings;
import io.pagestrata.writeback.monitor.MonitorListener;
import io.pagestrata.writeback.monitor.MonitorSettings;
import io.pagestrata.writeback.promotion.Promotion;
import io.pagestrata.writeback.promotion.RefaultDistancePromotion;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Makes the parts of one store from its configuration, none of them connected. Tests let the making
 * of single parts fail.
 */
class StoreParts {
  private final PagestrataConfig config;
  private final LongSupplier nanoClock;
  private final List<TenantLimits> tenants;

  StoreParts(PagestrataConfig config, LongSupplier nanoClock) {
    this.config = config;
    this.nanoClock = nanoClock;
    tenants = config.tenants().stream().map(this::tenantLimits).toList();
  }

  private TenantLimits tenantLimits(TenantConfig tenant) {
    return new TenantLimits(
        tenant.name(),
        tenant.weight(),
        tenant.ramMaxBytes().orElse(TenantLimits.NO_LIMIT),
        tenant.maxBytes().orElse(TenantLimits.NO_LIMIT),
        lowestTier(tenant.tiers()),
        writeBudget("tenant:" + tenant.name(), tenant.writeLimits()));
  }

  private int lowestTier(TenantTiers allowed) {
    int lowest = config.tiers().size() - 1;
    while (lowest > 0 && !isAllowed(config.tiers().get(lowest), allowed)) {
      lowest--;
    }
    return lowest;
  }

  private static boolean isAllowed(TierConfig tier, TenantTiers allowed) {
    return switch (allowed) {
      case ALL -> true;
      case NO_DISK -> !(tier instanceof FileTierConfig);
      case RAM_ONLY -> tier instanceof RamTierConfig;
    };
  }

  StoreSettings storeSettings() {
    return new StoreSettings(
        config.pageBytes(),
        config.putWait(),
        config.closeWait(),
        config.ram().verifyChecksum(),
        nanoClock,
        new StorePolicies(
            config.policies().ephemeralPages(), config.policies().incompressiblePages(), tenants));
  }

  Tier ramTier(RamTierConfig ram, MemoryBudget budget) {
    RamSettings settings =
        new RamSettings(
            ram.name(),
            ram.maxBytes(),
            config.pageBytes(),
            Math.toIntExact(ram.blockBytes().orElse(0L)),
            ram.shards().orElse(0),
            ram.cleanBelowLiveShare(),
            config.writeback().highWatermark(),
            ram.preTouch());
    return new RamTier(settings, budget, nanoClock);
  }

  Tier fileTier(FileTierConfig file) throws IOException {
    FileTierSettings usual =
        FileTierSettings.of(file.directory(), file.maxBytes(), config.pageBytes());
    FileTierSettings settings =
        new FileTierSettings(
            file.directory(),
            file.maxBytes(),
            file.segmentBytes().map(Math::toIntExact).orElse(usual.segmentBytes()),
            config.pageBytes(),
            file.directIo(),
            file.cleanBelowLiveShare(),
            usual.freeSegmentTarget(),
            usual.reserveSegments(),
            file.readOnlyRetry());
    WriteBudget fileBudget = writeBudget(file.name(), file.writeLimits());
    List<WriteBudget> budgets = new ArrayList<>(List.of(fileBudget));
    tenants.forEach(tenant -> budgets.add(tenant.writeBudget()));
    return new FileTier(
        settings,
        nanoClock,
        SegmentFiles.inDirectory(file.directory(), file.directIo()),
        fileBudget,
        new BudgetFile(file.directory(), budgets, nanoClock));
  }

  private WriteBudget writeBudget(String name, WriteLimits limits) {
    return new WriteBudget(
        name,
        limits.bytesPerSecond().orElse(WriteBudget.NO_LIMIT),
        limits.bytesPerDay().orElse(WriteBudget.NO_LIMIT),
        nanoClock,
        InstantSource.system());
  }

  PromotionPolicy promotion() {
    return switch (config.writeback().promotion()) {
      case REFAULT_DISTANCE ->
          new RefaultDistancePromotion(config.writeback().promotionDistanceFactor());
      case ALWAYS -> Promotion.ALWAYS.policy();
      case NEVER -> Promotion.NEVER.policy();
    };
  }

  /** Memory that writeback and the file tier take beside the zpools. */
  long bufferBytes() {
    return TieredWriteback.bufferBytes(writebackSettings(), config.tiers().size())
        + Rules.fileBufferBytes(config.tiers());
  }

  Writeback writeback(Hierarchy hierarchy, LongSupplier stalls) {
    return new TieredWriteback(
        writebackSettings(),
        hierarchy,
        new MappedBatchMemory(),
        nanoClock,
        stalls,
        MonitorListener.NONE,
        Thread::new);
  }

  private WritebackSettings writebackSettings() {
    WritebackConfig writeback = config.writeback();
    MonitorConfig monitor = config.monitor();
    return new WritebackSettings(
        writeback.ringSlots(),
        writeback.batchBytes(),
        writeback.highWatermark(),
        writeback.lowWatermark(),
        writeback.idleAge().orElse(Duration.ZERO),
        writeback.flushInterval(),
        config.closeWait(),
        new MonitorSettings(
            monitor.interval(), monitor.format() == MonitorFormat.JSON, monitor.eventsPerSecond()));
  }
}
