// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.codec.DictionaryRule;
import io.pagestrata.tiers.codec.RecompressionRule;
import io.pagestrata.tiers.codec.ZpageRecompressor;
import io.pagestrata.tiers.codec.ZstdDictionaries;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.BudgetFile;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.FileWear;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.writeback.Density;
import io.pagestrata.writeback.MonitorEnds;
import io.pagestrata.writeback.TieredWriteback;
import io.pagestrata.writeback.WritebackSettings;
import io.pagestrata.writeback.monitor.MonitorSettings;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A whole store of a RAM tier, on request a second one or a remote tier, and a file tier, small
 * enough that a test fills it in a moment, with its inside open: tiers, files and hierarchy can be
 * reached and replaced.
 */
public final class SmallStore implements AutoCloseable {
  /** Of every store of a run, so that a copy of its files can be opened. */
  private static final EncryptionKey KEY = EncryptionKey.random();

  public static final int PAGE_BYTES = 4096;

  /** CPU share at which recompression never stops. */
  private static final double WHOLE_CORE = 1;

  private static final int MOST_WALKS = 200;
  private static final long BREAK_NANOS = 20_000_000;

  private final Options options;
  private final int pageBytes;
  private final Path directory;
  private final PageStore store;
  private final ZstdDictionaries dictionaries;
  private final List<Recompressor> recompressors;
  private Hierarchy hierarchy;

  /** What a test may want otherwise. */
  public static final class Options {
    private int pageBytes = PAGE_BYTES;
    private long ramBytes = 4 << 20;
    private ZpoolKind zpool = ZpoolKind.LOG;
    private Eviction eviction = Eviction.S3_FIFO;
    private long denseBytes;
    private Duration coldAge = Duration.ZERO;
    private final Map<Integer, String> recompress = new HashMap<>();
    private long fileBytes = 64 << 20;
    private Duration putWait = Duration.ofSeconds(30);
    private PromotionPolicy promotion = Promotion.REFAULT_DISTANCE.policy();
    private UnaryOperator<SegmentFiles> files = UnaryOperator.identity();
    private FileEncryption encryption = FileEncryption.with(KEY);
    private Optional<RemoteSettings> remote = Optional.empty();
    private Duration readOnlyRetry = Duration.ofSeconds(5);
    private boolean durable;
    private long scrubBytesPerSecond;
    private LongSupplier fileClock = System::nanoTime;
    private LongSupplier writebackClock = System::nanoTime;
    private WriteBudget budget = WriteBudget.UNLIMITED;
    private StorePolicies policies = StorePolicies.DEFAULT;
    private DictionaryRule dictionaries = DictionaryRule.OFF;
    private LongSupplier dictionaryClock = System::nanoTime;
    private String codec = "lz4";

    /** Leaves zpages readable in the segments, for tests that look for them there. */
    public Options inTheClear() {
      encryption = FileEncryption.none();
      return this;
    }

    public Options ramBytes(long bytes) {
      ramBytes = bytes;
      return this;
    }

    public Options zpool(ZpoolKind kind) {
      zpool = kind;
      return this;
    }

    /** Says which zpages leave RAM first. */
    public Options eviction(Eviction policy) {
      eviction = policy;
      return this;
    }

    public Options pageBytes(int bytes) {
      pageBytes = bytes;
      return this;
    }

    /** Puts a second RAM tier below the first one. */
    public Options denseBytes(long bytes) {
      denseBytes = bytes;
      return this;
    }

    /** Has zpages made denser on their way into a tier. */
    public Options recompress(int tier, String codec) {
      recompress.put(tier, codec);
      return this;
    }

    /** Has zpages of RAM tiers with a denser codec made denser at rest, too. */
    public Options coldAge(Duration age) {
      coldAge = age;
      return this;
    }

    public Options fileBytes(long bytes) {
      fileBytes = bytes;
      return this;
    }

    public Options putWait(Duration wait) {
      putWait = wait;
      return this;
    }

    public Options promotion(Promotion rule) {
      promotion = rule.policy();
      return this;
    }

    /** Puts something between the file tier and its directory. */
    public Options files(UnaryOperator<SegmentFiles> wrapper) {
      files = wrapper;
      return this;
    }

    /** Puts a remote tier between RAM and file tier. */
    public Options remote(RemoteSettings settings) {
      remote = Optional.of(settings);
      return this;
    }

    /** Has the pages survive. */
    public Options durable() {
      durable = true;
      encryption = FileEncryption.with(KEY);
      return this;
    }

    /** Has segments read in the background, at a rate and by a clock of the file tier's own. */
    public Options scrub(long bytesPerSecond, LongSupplier clock) {
      scrubBytesPerSecond = bytesPerSecond;
      fileClock = clock;
      return this;
    }

    /** Has writeback go by a clock of its own. */
    public Options writebackClock(LongSupplier clock) {
      writebackClock = clock;
      return this;
    }

    /** How long a disk that failed again and again is left alone. */
    public Options readOnlyRetry(Duration retry) {
      readOnlyRetry = retry;
      return this;
    }

    /** Says how pages of different kinds and owners are treated. */
    public Options policies(StorePolicies rules) {
      policies = rules;
      return this;
    }

    /** Has identical pages share one zpage. */
    public Options deduplication(Deduplication scope) {
      policies = policies.with(scope);
      return this;
    }

    /** Has dictionaries trained. */
    public Options dictionaries(DictionaryRule rule) {
      dictionaries = rule;
      return this;
    }

    /** Names the codec of puts. */
    public Options codec(String name) {
      codec = name;
      return this;
    }

    /** Has dictionaries trained and retired by a clock of their own. */
    public Options dictionaries(DictionaryRule rule, LongSupplier clock) {
      dictionaryClock = clock;
      return dictionaries(rule);
    }

    /** Bounds what is written to the file tier. */
    public Options budget(WriteBudget limits) {
      budget = limits;
      return this;
    }

    public SmallStore open(Path directory) {
      try {
        return new SmallStore(this, directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private SmallStore(Options options, Path directory) throws IOException {
    this.directory = directory;
    this.options = options;
    pageBytes = options.pageBytes;
    FileTierSettings usual = FileTierSettings.of(directory, options.fileBytes, pageBytes);
    FileTierSettings fileSettings =
        new FileTierSettings(
            directory,
            options.fileBytes,
            usual.segmentBytes(),
            pageBytes,
            usual.directIo(),
            usual.liveRatioTarget(),
            usual.freeSegmentTarget(),
            usual.reserveSegments(),
            options.readOnlyRetry,
            options.scrubBytesPerSecond);
    MemoryBudget budget = new MemoryBudget(options.ramBytes);
    List<Tier> tiers = new ArrayList<>();
    if (options.remote.isPresent()) {
      // First, since its servers may refuse it.
      tiers.add(new RemoteTier(options.remote.get(), budget, System::nanoTime));
    }
    SegmentFiles files = options.files.apply(SegmentFiles.inDirectory(directory, false));
    BudgetFile budgetFile = new BudgetFile(directory, List.of(options.budget), System::nanoTime);
    FileWear wear = new FileWear(options.budget, budgetFile);
    Tier file =
        options.durable
            ? FileTier.durable(
                fileSettings,
                options.encryption,
                Math.min(options.ramBytes, options.fileBytes / 4),
                options.fileClock,
                files,
                wear,
                IndexMode.OFF)
            : new FileTier(fileSettings, options.encryption, options.fileClock, files, wear);
    Tier ram =
        new RamTier(
            RamSettings.of("ram", options.ramBytes, pageBytes)
                .with(options.zpool)
                .with(options.eviction),
            budget,
            System::nanoTime);
    tiers.add(0, ram);
    tiers.add(file);
    if (options.denseBytes > 0) {
      RamSettings dense = RamSettings.of("dense", options.denseBytes, pageBytes);
      tiers.add(1, new RamTier(dense, new MemoryBudget(options.denseBytes), System::nanoTime));
    }
    dictionaries = new ZstdDictionaries(options.dictionaries, budget, options.dictionaryClock);
    recompressors =
        IntStream.range(0, tiers.size())
            .mapToObj(tier -> recompressor(tier, tier == tiers.size() - 1))
            .toList();
    store = assemble(tiers, budget);
  }

  private PageStore assemble(List<Tier> tiers, MemoryBudget budget) {
    try {
      return new PageStore(
          new StoreSettings(
              pageBytes,
              options.putWait,
              Duration.ofSeconds(30),
              true,
              System::nanoTime,
              options.policies),
          tiers,
          budget,
          dictionaries.decoders(),
          dictionaries.encoder(Codecs.parse(options.codec)),
          options.promotion,
          this::startWriteback);
    } catch (RuntimeException | Error e) {
      tiers.forEach(Tier::close);
      throw e;
    }
  }

  private Writeback startWriteback(Hierarchy tiers) {
    hierarchy = tiers;
    return new TieredWriteback(
        new WritebackSettings(
            4,
            Math.max(128 << 10, 4 * pageBytes),
            0.8,
            0.7,
            Duration.ZERO,
            Duration.ofMillis(5),
            Duration.ofSeconds(30),
            MonitorSettings.defaults()),
        tiers,
        BatchMemory.ofTheJvm(),
        new Density(recompressors, dictionaries),
        MonitorEnds.NONE,
        options.writebackClock,
        Thread::new);
  }

  private Recompressor recompressor(int tier, boolean isLast) {
    String codec = options.recompress.get(tier);
    long coldAgeNanos = isLast ? 0 : options.coldAge.toNanos();
    return codec == null
        ? Recompressor.NONE
        : new ZpageRecompressor(
            new RecompressionRule(
                dictionaries.encoder(Codecs.parse(codec)),
                pageBytes,
                tier,
                0,
                coldAgeNanos,
                WHOLE_CORE),
            dictionaries.decoders(),
            System::nanoTime,
            System::nanoTime);
  }

  public ZstdDictionaries dictionaries() {
    return dictionaries;
  }

  /** Sends everything to the bottom of the chain. */
  public void sink() throws InterruptedException {
    for (int i = 0; i < hierarchy.tierCount() - 1; i++) {
      store.writeBack(new WritebackRequest(i, Long.MAX_VALUE, Duration.ZERO));
    }
  }

  public static SmallStore open(Path directory) {
    return options().open(directory);
  }

  public static Options options() {
    return new Options();
  }

  public PageStore store() {
    return store;
  }

  public Hierarchy hierarchy() {
    return hierarchy;
  }

  public int pageBytes() {
    return pageBytes;
  }

  public Path directory() {
    return directory;
  }

  public PageCodec codec(String name) {
    return Codecs.parse(name);
  }

  /**
   * Walks the whole store and says how many pages it holds.
   *
   * <p>Writeback goes on by itself, and what moves during a walk looks wrong. So a walk that finds
   * problems is repeated; what is really wrong, such as a leak, is found again each time.
   */
  public long check() {
    for (int walk = 1; walk < MOST_WALKS; walk++) {
      OptionalLong pages = StoreOracle.tryCheck(store, hierarchy);
      if (pages.isPresent()) {
        return pages.getAsLong();
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
    return StoreOracle.check(store, hierarchy);
  }

  /** After close: no memory mapped, no segment file, the lock of the directory given back. */
  public void assertNothingIsLeft() {
    assertThat(OffHeapMemory.mappedBytes()).as("mapped bytes").isZero();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .as("files left in the directory")
          .allMatch(name -> name.endsWith(".lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
