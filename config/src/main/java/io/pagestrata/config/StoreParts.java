// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.codec.DictionaryRule;
import io.pagestrata.tiers.codec.RecompressionRule;
import io.pagestrata.tiers.codec.ZpageRecompressor;
import io.pagestrata.tiers.codec.ZstdDictionaries;
import io.pagestrata.tiers.file.BudgetFile;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.FileWear;
import io.pagestrata.tiers.file.MissingKeyException;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.writeback.Density;
import io.pagestrata.writeback.MonitorEnds;
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
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Makes the parts of one store from its configuration, none of them connected. Tests let the making
 * of single parts fail.
 */
class StoreParts {
  private static final int LEAST_SHARE_FOR_WRITEBACK = 4;

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
            config.policies().ephemeralPages(),
            config.policies().incompressiblePages(),
            tenants,
            config.policies().deduplication()));
  }

  Tier ramTier(RamTierConfig ram, MemoryBudget budget) {
    RamSettings settings =
        new RamSettings(
            ram.name(),
            ram.zpool(),
            ram.maxBytes(),
            config.pageBytes(),
            Math.toIntExact(ram.blockBytes().orElse(0L)),
            ram.shards().orElse(0),
            ram.zspageFrames(),
            ram.compactBelowUsedShare(),
            ram.cleanBelowLiveShare(),
            config.writeback().highWatermark(),
            ram.eviction(),
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
            file.readOnlyRetry(),
            file.scrubBytesPerSecond().orElse(0L));
    WriteBudget budget = writeBudget(file.name(), file.writeLimits());
    List<WriteBudget> budgets = new ArrayList<>(List.of(budget));
    tenants.forEach(tenant -> budgets.add(tenant.writeBudget()));
    FileWear wear = new FileWear(budget, new BudgetFile(file.directory(), budgets, nanoClock));
    SegmentFiles files = SegmentFiles.inDirectory(file.directory(), file.directIo());
    FileEncryption encryption = EncryptionKeys.fetch(file.encryption(), config.durability());
    if (config.durability() == Durability.VOLATILE) {
      return new FileTier(settings, encryption, nanoClock, files, wear);
    }
    // What a sync may find in RAM, as far as the tier below can spare it.
    long reserveBytes =
        Math.min(config.ram().maxBytes(), file.maxBytes() / LEAST_SHARE_FOR_WRITEBACK);
    try {
      FileTier tier =
          FileTier.durable(
              settings, encryption, reserveBytes, nanoClock, files, wear, file.index());
      EncryptionKeys.warnOfClear(file, config.durability());
      return tier;
    } catch (MissingKeyException e) {
      throw EncryptionKeys.missing(file.encryption(), e);
    }
  }

  private WriteBudget writeBudget(String name, WriteLimits limits) {
    return new WriteBudget(
        name,
        limits.bytesPerSecond().orElse(WriteBudget.NO_LIMIT),
        limits.bytesPerDay().orElse(WriteBudget.NO_LIMIT),
        nanoClock,
        InstantSource.system());
  }

  Tier remoteTier(RemoteTierConfig remote, MemoryBudget budget) throws IOException {
    RemoteSettings.Access access =
        new RemoteSettings.Access(
            remote.servers(),
            remote.username(),
            remote.passwordFile(),
            remote.trustedCertificates());
    RemoteSettings settings =
        new RemoteSettings(
            remote.name(),
            access,
            remote.namespace(),
            remote.maxBytes(),
            config.pageBytes(),
            remote.safety() == RemoteSafety.MIRROR ? 0 : remote.replicas(),
            remote.timeout(),
            remote.readTimeout(),
            config.writeback().highWatermark());
    return new RemoteTier(settings, budget, nanoClock);
  }

  PromotionPolicy promotion() {
    return switch (config.writeback().promotion()) {
      case REFAULT_DISTANCE ->
          new RefaultDistancePromotion(config.writeback().promotionDistanceFactor());
      case ALWAYS -> Promotion.ALWAYS.policy();
      case NEVER -> Promotion.NEVER.policy();
    };
  }

  /** Memory that writeback, recompression and the file tier take beside the zpools. */
  long bufferBytes() {
    long recompressing =
        config.tiers().stream().filter(tier -> tier.recompression().codec().isPresent()).count();
    return TieredWriteback.bufferBytes(writebackSettings(), config.tiers().size())
        + recompressing * ZpageRecompressor.bufferBytes(config.pageBytes())
        + LowerBuffers.bytes(
            config.tiers(), config.pageBytes(), config.writeback(), config.durability());
  }

  /** What is trained on the pages of each pool. */
  ZstdDictionaries dictionaries(MemoryBudget budget) {
    DictionariesConfig wanted = config.dictionaries();
    DictionaryRule rule =
        new DictionaryRule(
            wanted.enabled(),
            config.pageBytes(),
            Math.toIntExact(wanted.bytes()),
            wanted.minGain(),
            wanted.checkInterval().toNanos(),
            DictionaryRule.USUAL_SAMPLE_BYTES,
            DictionaryRule.USUAL_SAMPLE_EVERY);
    return new ZstdDictionaries(rule, budget, nanoClock);
  }

  /** What makes zpages denser for a tier. */
  Recompressor recompressor(int tier, ZstdDictionaries dictionaries) {
    RecompressionConfig wanted = config.tiers().get(tier).recompression();
    if (wanted.codec().isEmpty()) {
      return Recompressor.NONE;
    }
    RecompressionRule rule =
        new RecompressionRule(
            dictionaries.encoder(Codecs.parse(wanted.codec().get())),
            config.pageBytes(),
            tier,
            wanted.minBytes(),
            wanted.idleAge().orElse(Duration.ZERO).toNanos(),
            wanted.cpuShare());
    return new ZpageRecompressor(rule, dictionaries.decoders(), nanoClock, ThreadCpu::nanos);
  }

  Writeback writeback(
      Hierarchy hierarchy,
      List<Recompressor> recompressors,
      Dictionaries dictionaries,
      LongSupplier stalls,
      Supplier<Optional<StoreStats>> store) {
    return new TieredWriteback(
        writebackSettings(),
        hierarchy,
        new MappedBatchMemory(),
        new Density(recompressors, dictionaries),
        new MonitorEnds(stalls, store, MonitorListener.NONE),
        nanoClock,
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
