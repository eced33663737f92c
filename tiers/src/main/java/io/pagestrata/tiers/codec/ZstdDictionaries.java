// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.ZstdException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.dictionary.DictionaryEvent;
import io.pagestrata.core.dictionary.DictionaryEvent.Outcome;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.dictionary.DictionaryUses;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.MemoryBudget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * zstd dictionaries of the pools of one store, trained in the background on pages that are being
 * compressed.
 *
 * <p>One pool is sampled at a time, so one buffer serves all. A dictionary is used when pages held
 * back from its training shrink by enough; later samples measure it again, and a new version takes
 * its place when it has lost a quarter of its gain. An old version stays until no zpage in any tier
 * needs it. In a durable store that is also settled at each opening, when recovery has seen every
 * record. Thread-safe.
 */
public final class ZstdDictionaries implements Dictionaries {
  private static final Logger LOG = LogManager.getLogger(ZstdDictionaries.class);

  /** Dictionaries may take this part of the budget, work memory another. */
  private static final int MOST_BUDGET_PARTS = 8;

  /** A pool that brings no pages for so long makes place for another. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /** Operations that began before a pool was gone have ended by then. */
  private static final long GRACE_NANOS = 10_000_000_000L;

  private static final int MOST_DOUBLINGS = 6;

  private final DictionaryRule rule;
  private final MemoryBudget budget;
  private final LongSupplier nanoClock;
  private final DictionaryTable table = new DictionaryTable();
  private final OldVersions old;
  private final List<Integer> levels = new ArrayList<>();
  private final Queue<Gone> gone = new ConcurrentLinkedQueue<>();
  private DictionaryLog log = DictionaryLog.NONE;
  private int nextId = 1;
  private ByteBuffer samples;
  private PoolDictionary sampled;
  private SampleRun run;
  private long runSinceNanos;
  private boolean closed;

  /** Whether somebody steps this. */
  private volatile boolean active;

  private volatile long trained;
  private volatile long rejected;
  private volatile long failed;
  private volatile long trainingNanos;

  private record Gone(PoolDictionary pool, long sinceNanos) {}

  /**
   * Makes an empty set.
   *
   * @param rule when to train and use them
   * @param budget pays for their memory
   * @param nanoClock nanoseconds, as {@link System#nanoTime}
   */
  public ZstdDictionaries(DictionaryRule rule, MemoryBudget budget, LongSupplier nanoClock) {
    this.rule = rule;
    this.budget = budget;
    this.nanoClock = nanoClock;
    old = new OldVersions(table, nanoClock);
  }

  /**
   * The same codec, with dictionaries where it can use them. Before {@link #attach}.
   *
   * @param codec any codec
   * @return itself when dictionaries are off or it is not zstd
   */
  public synchronized PageCodec encoder(PageCodec codec) {
    if (!rule.enabled() || !(codec instanceof ZstdCodec zstd)) {
      return codec;
    }
    if (!levels.contains(zstd.level())) {
      levels.add(zstd.level());
      active = isAffordable();
    }
    return new ZstdDictionaryCodec(zstd, this);
  }

  /**
   * One codec for each id that may stand in a zpage, for decoding.
   *
   * @return those of {@link Codecs#all}, and the one with dictionaries
   */
  public List<PageCodec> decoders() {
    List<PageCodec> decoders = new ArrayList<>(Codecs.all());
    decoders.add(new ZstdDictionaryCodec(new ZstdCodec(ZstdCodec.DEFAULT_LEVEL), this));
    return decoders;
  }

  @Override
  public synchronized void attach(DictionaryLog survivors) throws IOException {
    if (!levels.isEmpty() && !active) {
      LOG.info(
          "no dictionaries are trained: that takes {} bytes, more than an eighth of the top tier",
          workBytes());
    }
    log = survivors;
    nextId = survivors.nextId();
    for (SavedDictionary saved : survivors.load()) {
      // Whatever the budget says: pages need it.
      long bytes = Dictionary.memoryBytes(saved.content().length, levels);
      Dictionary dictionary =
          new Dictionary(
              saved, List.copyOf(levels), budget.tryCharge(bytes) ? budget : unpaid(bytes));
      table.add(dictionary);
      if (rule.enabled()) {
        // In the order of their ids, so the newest of its pool is the last.
        table.pool(saved.pool(), nanoClock.getAsLong()).current = dictionary;
      }
    }
  }

  @Override
  public synchronized void watch(DictionaryUses uses) {
    old.watch(uses);
  }

  /** A budget of its own for memory that the store's budget has no room for. */
  private static MemoryBudget unpaid(long bytes) {
    MemoryBudget budget = new MemoryBudget(bytes);
    budget.tryCharge(bytes);
    return budget;
  }

  PoolDictionary pool(int pool) {
    PoolDictionary known = table.find(pool);
    return known != null ? known : table.pool(pool, nanoClock.getAsLong());
  }

  Dictionary hold(int id) {
    return table.hold(id);
  }

  int sampleEvery() {
    return rule.sampleEvery();
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public synchronized Optional<DictionaryEvent> step() {
    if (closed || !active) {
      return Optional.empty();
    }
    long now = nanoClock.getAsLong();
    retireGone(now);
    old.step().forEach(this::retire);
    if (run == null) {
      begin(now);
      return Optional.empty();
    }
    if (sampled.gone || !run.isFull() && now - runSinceNanos > PATIENCE_NANOS) {
      abandon(now);
    } else if (run.isFull()) {
      sampled.run = null;
      return Optional.of(evaluate(now));
    }
    return Optional.empty();
  }

  /** Gives a sample up, once nobody copies into the buffer any more. */
  private void abandon(long now) {
    sampled.run = null;
    run.end();
    if (run.isQuiet()) {
      sampled.dueNanos = now + rule.checkNanos();
      run = null;
    }
  }

  /** Samples the pool that is due for longest. */
  private void begin(long now) {
    Optional<PoolDictionary> due =
        table.pools().stream()
            .filter(it -> !it.gone && now - it.dueNanos >= 0)
            .min(Comparator.comparingLong(it -> it.dueNanos - now));
    if (due.isEmpty() || !hasWorkMemory()) {
      return;
    }
    sampled = due.get();
    run = new SampleRun(samples, rule.pageBytes());
    runSinceNanos = now;
    sampled.run = run;
  }

  /** Taken once, when first needed, and kept: a store that fills up must not lose it again. */
  private boolean hasWorkMemory() {
    if (samples == null && budget.tryCharge(workBytes())) {
      try {
        samples = ByteBuffer.allocateDirect(rule.samples() * rule.pageBytes());
      } finally {
        if (samples == null) {
          budget.release(workBytes());
        }
      }
    }
    return samples != null;
  }

  private boolean isAffordable() {
    return workBytes() <= budget.limitBytes() / MOST_BUDGET_PARTS;
  }

  private long workBytes() {
    return rule.sampleBytes() + DictionaryTrainer.WORK_BYTES;
  }

  /** Ends a run that is full. */
  private DictionaryEvent evaluate(long now) {
    PoolDictionary pool = sampled;
    long start = System.nanoTime();
    Outcome outcome = Outcome.FAILED;
    double ratioGain = 1;
    try {
      int densest = levels.stream().max(Integer::compare).orElseThrow();
      DictionaryTrainer trainer = new DictionaryTrainer(densest, rule.dictionaryBytes());
      DictionaryJudge.Verdict verdict =
          DictionaryJudge.judge(run, trainer, pool.current, pool.gain, rule.minGain());
      outcome = carryOut(pool, verdict);
      ratioGain = verdict.trial() == null ? 1 : verdict.trial().ratioGain();
    } catch (IOException | ZstdException e) {
      LOG.error("a dictionary for pool {} could not be made", pool.pool, e);
    }
    run = null;
    long nanos = System.nanoTime() - start;
    count(pool, outcome, now, nanos);
    Dictionary used = pool.current;
    return new DictionaryEvent(outcome, pool.pool, used == null ? 0 : used.id, ratioGain, nanos);
  }

  private Outcome carryOut(PoolDictionary pool, DictionaryJudge.Verdict verdict)
      throws IOException {
    switch (verdict.outcome()) {
      case TRAINED:
        return publish(pool, verdict);
      case KEPT:
        pool.measured(verdict.trial());
        break;
      case GIVEN_UP:
        pool.use(null, verdict.trial());
        break;
      default:
        break;
    }
    return verdict.outcome();
  }

  /** Saves a dictionary first and uses it then, so no zpage ever needs one that may be lost. */
  private Outcome publish(PoolDictionary pool, DictionaryJudge.Verdict verdict) throws IOException {
    long bytes = Dictionary.memoryBytes(verdict.content().length, levels);
    boolean hasRoom =
        nextId <= ZstdDictionaryCodec.MOST_ID
            && aliveBytes() + bytes <= budget.limitBytes() / MOST_BUDGET_PARTS;
    if (!hasRoom || !budget.tryCharge(bytes)) {
      return Outcome.NO_MEMORY;
    }
    SavedDictionary made = new SavedDictionary(nextId++, pool.pool, verdict.content());
    Dictionary dictionary;
    try {
      log.save(made);
      dictionary = new Dictionary(made, List.copyOf(levels), budget);
    } catch (IOException | RuntimeException e) {
      budget.release(bytes);
      throw e;
    }
    table.add(dictionary);
    pool.use(dictionary, verdict.trial());
    return Outcome.TRAINED;
  }

  private void count(PoolDictionary pool, Outcome outcome, long now, long nanos) {
    trainingNanos += nanos;
    switch (outcome) {
      case TRAINED -> trained++;
      case REJECTED, NO_MEMORY -> rejected++;
      case FAILED -> failed++;
      default -> {}
    }
    boolean goesWell = outcome == Outcome.TRAINED || outcome == Outcome.KEPT;
    pool.rejections = goesWell ? 0 : Math.min(pool.rejections + 1, MOST_DOUBLINGS);
    // A pool whose pages have nothing in common costs less and less.
    pool.dueNanos = now + (rule.checkNanos() << pool.rejections);
  }

  private long aliveBytes() {
    return table.all().stream().mapToLong(Dictionary::memoryBytes).sum();
  }

  @Override
  public void dropPool(int pool) {
    PoolDictionary dropped = pool(pool);
    dropped.gone = true;
    dropped.current = null;
    if (active) {
      gone.add(new Gone(dropped, nanoClock.getAsLong()));
    }
  }

  /** Frees dictionaries of pools that are gone, and forgets them. */
  private void retireGone(long now) {
    Gone next = gone.peek();
    if (next == null || now - next.sinceNanos() < GRACE_NANOS) {
      return;
    }
    gone.remove();
    next.pool().current = null;
    for (Dictionary dictionary : table.all()) {
      if (dictionary.pool == next.pool().pool) {
        table.remove(dictionary);
        delete(dictionary.id);
      }
    }
  }

  private void retire(Dictionary dictionary) {
    table.remove(dictionary);
    try {
      log.retire(dictionary.id);
    } catch (IOException e) {
      // Harmless: no record needs it, so the next opening deletes it.
      LOG.warn("the file of dictionary {} stays for now: {}", dictionary.id, e.getMessage());
    }
  }

  private void delete(int id) {
    try {
      log.delete(id);
    } catch (IOException e) {
      // Harmless: its pool is gone, so the next opening deletes it.
      LOG.warn("the file of dictionary {} stays for now: {}", id, e.getMessage());
    }
  }

  @Override
  public DictionaryStats stats() {
    long inUse = 0;
    long plainBytes = 0;
    long dictionaryBytes = 0;
    for (PoolDictionary pool : table.pools()) {
      if (pool.current != null) {
        inUse++;
        plainBytes += pool.lately.plainBytes();
        dictionaryBytes += pool.lately.dictionaryBytes();
      }
    }
    return new DictionaryStats(
        table.all().size(),
        inUse,
        aliveBytes(),
        trained,
        rejected,
        failed,
        trainingNanos,
        plainBytes,
        dictionaryBytes);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      table.all().forEach(table::remove);
      if (samples != null) {
        budget.release(workBytes());
        samples = null;
      }
    }
  }
}
