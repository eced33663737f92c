// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryEvent;
import io.pagestrata.core.dictionary.DictionaryEvent.Outcome;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.MemoryBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dictionaries are trained when they pay, stay while they are needed, and are freed then. */
class ZstdDictionariesTest {
  private static final int PAGE_BYTES = SampledPages.PAGE_BYTES;
  private static final int SAMPLES = 64;
  private static final long CHECK_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long BUDGET_BYTES = 256 << 20;
  private static final int POOL = 5;
  private static final int ROUNDS = 5_000;
  private static final int FIRST_WITH_FOREIGN_FUNCTIONS = 22;

  private final AtomicLong clock = new AtomicLong();
  private final SampledPages pages = new SampledPages();
  private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
  private final Shelf shelf = new Shelf();
  private final ByteBuffer payload = ByteBuffer.allocateDirect(2 * PAGE_BYTES);
  private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
  private ZstdDictionaries dictionaries = make(budget);
  private PageCodec codec = dictionaries.encoder(Codecs.parse("zstd-1"));
  private CodecContext context = codec.newContext();

  /** A medium that keeps dictionaries and can be told to fail. */
  private static final class Shelf implements DictionaryLog {
    final List<SavedDictionary> saved = new ArrayList<>();
    final List<Integer> deleted = new ArrayList<>();
    boolean fails;

    @Override
    public List<SavedDictionary> load() {
      return saved;
    }

    @Override
    public int nextId() {
      return saved.size() + 1;
    }

    @Override
    public void save(SavedDictionary dictionary) throws IOException {
      if (fails) {
        throw new IOException("no space left");
      }
      saved.add(dictionary);
    }

    @Override
    public void delete(int id) throws IOException {
      if (fails) {
        throw new IOException("read-only");
      }
      deleted.add(id);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    context.close();
    dictionaries.close();
    assertThat(budget.usedBytes()).as("memory of dictionaries").isZero();
  }

  private ZstdDictionaries make(MemoryBudget memory) {
    DictionaryRule rule =
        new DictionaryRule(true, PAGE_BYTES, 16 << 10, 0.03, CHECK_NANOS, SAMPLES * PAGE_BYTES, 1);
    return new ZstdDictionaries(rule, memory, clock::get);
  }

  private void reopen(MemoryBudget memory) throws IOException {
    context.close();
    dictionaries.close();
    dictionaries = make(memory);
    codec = dictionaries.encoder(Codecs.parse("zstd-1"));
    dictionaries.attach(shelf);
    context = codec.newContext();
  }

  /** Compresses a page into {@link #payload}; returns its bytes. */
  private int compress(int pool, ByteBuffer source) {
    context.codecFor(pool);
    return context.compress(source, 0, PAGE_BYTES, payload, 0, payload.capacity());
  }

  private DictionaryEvent sample(int pool, Supplier<ByteBuffer> source) {
    compress(pool, source.get());
    assertThat(dictionaries.step()).isEmpty();
    for (int i = 0; i < SAMPLES; i++) {
      compress(pool, source.get());
    }
    return dictionaries.step().orElseThrow();
  }

  private DictionaryEvent train(int pool) {
    return sample(pool, () -> pages.records("order"));
  }

  private void assertDecodes(ByteBuffer from, int bytes, ByteBuffer source) throws CodecException {
    context.decompress(from, 0, bytes, page, 0, PAGE_BYTES);
    assertThat(page.clear()).isEqualTo(source.clear());
  }

  private ByteBuffer copyOfPayload() {
    return ByteBuffer.allocateDirect(payload.capacity()).put(0, payload, 0, payload.capacity());
  }

  @Test
  void aPoolGetsADictionaryThatPays() throws CodecException {
    assertThat(context.codecFor(POOL)).isEqualTo(ZstdCodec.ID);
    int plainBytes = compress(POOL, pages.records("order"));
    DictionaryEvent event = train(POOL);
    assertThat(event.outcome()).isEqualTo(Outcome.TRAINED);
    assertThat(event.pool()).isEqualTo(POOL);
    assertThat(event.id()).isEqualTo(1);
    assertThat(event.nanos()).isPositive();
    assertThat(context.codecFor(POOL)).isEqualTo(PageCodec.ZSTD_DICTIONARY_ID);
    ByteBuffer source = pages.records("order");
    int bytes = compress(POOL, source);
    assertThat(bytes).isLessThan(plainBytes);
    assertThat(ZstdDictionaryCodec.number(payload, 0)).isEqualTo(1);
    assertDecodes(payload, bytes, source);
    DictionaryStats stats = dictionaries.stats();
    assertThat(stats.alive()).isEqualTo(1);
    assertThat(stats.inUse()).isEqualTo(1);
    assertThat(stats.trained()).isEqualTo(1);
    assertThat(stats.bytes()).isPositive().isLessThanOrEqualTo(budget.usedBytes());
    assertThat(stats.ratioGain()).isEqualTo(event.ratioGain(), within(1e-9)).isGreaterThan(1.03);
    assertThat(stats.trainingNanos()).isEqualTo(event.nanos());
  }

  @Test
  void otherPoolsAreNotTouched() {
    train(POOL);
    assertThat(context.codecFor(POOL + 1)).isEqualTo(ZstdCodec.ID);
    assertThat(context.codecFor(POOL)).isEqualTo(PageCodec.ZSTD_DICTIONARY_ID);
    assertThat(context.codecFor(POOL + 1)).isEqualTo(ZstdCodec.ID);
  }

  @Test
  void whatHasNothingInCommonIsTriedMoreAndMoreRarely() {
    assertThat(sample(POOL, pages::noise).outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(context.codecFor(POOL)).isEqualTo(ZstdCodec.ID);
    assertThat(dictionaries.stats().rejected()).isEqualTo(1);
    clock.addAndGet(2 * CHECK_NANOS - 1);
    assertThat(dictionaries.step()).isEmpty();
    assertThat(isSampling()).isFalse();
    clock.addAndGet(1);
    assertThat(sample(POOL, pages::noise).outcome()).isEqualTo(Outcome.REJECTED);
    clock.addAndGet(2 * CHECK_NANOS);
    dictionaries.step();
    assertThat(isSampling()).isFalse();
    clock.addAndGet(2 * CHECK_NANOS);
    assertThat(train(POOL).outcome()).isEqualTo(Outcome.TRAINED);
  }

  private boolean isSampling() {
    return dictionaries.pool(POOL).run != null;
  }

  @Test
  void aDictionaryThatStillGainsIsKept() {
    train(POOL);
    clock.addAndGet(CHECK_NANOS);
    DictionaryEvent event = train(POOL);
    assertThat(event.outcome()).isEqualTo(Outcome.KEPT);
    assertThat(event.id()).isEqualTo(1);
    assertThat(dictionaries.stats().trained()).isEqualTo(1);
    clock.addAndGet(CHECK_NANOS - 1);
    dictionaries.step();
    assertThat(isSampling()).isFalse();
  }

  @Test
  void whenPagesChangeANewVersionTakesItsPlaceAndTheOldOneStaysReadable() throws CodecException {
    train(POOL);
    ByteBuffer source = pages.records("order");
    ByteBuffer keptSource = ByteBuffer.allocateDirect(PAGE_BYTES).put(0, source, 0, PAGE_BYTES);
    int oldBytes = compress(POOL, source);
    ByteBuffer old = copyOfPayload();
    clock.addAndGet(CHECK_NANOS);
    DictionaryEvent event = sample(POOL, () -> pages.records("invoice"));
    assertThat(event.outcome()).isEqualTo(Outcome.TRAINED);
    assertThat(event.id()).isEqualTo(2);
    ByteBuffer fresh = pages.records("invoice");
    int bytes = compress(POOL, fresh);
    assertThat(ZstdDictionaryCodec.number(payload, 0)).isEqualTo(2);
    assertDecodes(payload, bytes, fresh);
    assertDecodes(old, oldBytes, keptSource);
    assertThat(dictionaries.stats().alive()).isEqualTo(2);
    assertThat(dictionaries.stats().inUse()).isEqualTo(1);
  }

  @Test
  void aDictionaryThatPaysNoMoreIsGivenUp() {
    train(POOL);
    clock.addAndGet(CHECK_NANOS);
    DictionaryEvent event = sample(POOL, pages::noise);
    assertThat(event.outcome()).isEqualTo(Outcome.GIVEN_UP);
    assertThat(event.id()).isZero();
    assertThat(context.codecFor(POOL)).isEqualTo(ZstdCodec.ID);
    assertThat(dictionaries.stats().inUse()).isZero();
    assertThat(dictionaries.stats().ratioGain()).isEqualTo(1);
    assertThat(dictionaries.stats().alive()).isEqualTo(1);
  }

  @Test
  void isSavedBeforeItIsUsed() throws IOException {
    dictionaries.attach(shelf);
    shelf.fails = true;
    DictionaryEvent event = train(POOL);
    assertThat(event.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(context.codecFor(POOL)).isEqualTo(ZstdCodec.ID);
    assertThat(dictionaries.stats().failed()).isEqualTo(1);
    assertThat(dictionaries.stats().alive()).isZero();
    shelf.fails = false;
    clock.addAndGet(2 * CHECK_NANOS);
    event = train(POOL);
    // The number of the one that failed may be on the medium.
    assertThat(event.id()).isEqualTo(2);
    assertThat(shelf.saved).extracting(SavedDictionary::id).containsExactly(2);
    assertThat(shelf.saved.get(0).pool()).isEqualTo(POOL);
  }

  @Test
  void whatSurvivedIsUsedAndDecodedAgain() throws IOException, CodecException {
    dictionaries.attach(shelf);
    train(POOL);
    ByteBuffer source = pages.records("order");
    int bytes = compress(POOL, source);
    ByteBuffer old = copyOfPayload();
    reopen(budget);
    assertThat(context.codecFor(POOL)).isEqualTo(PageCodec.ZSTD_DICTIONARY_ID);
    assertDecodes(old, bytes, source);
    assertThat(dictionaries.stats().alive()).isEqualTo(1);
    // Also when there is no memory for it, and when no more are to be trained.
    reopen(new MemoryBudget(1));
    assertDecodes(old, bytes, source);
    try (ZstdDictionaries off = new ZstdDictionaries(DictionaryRule.OFF, budget, clock::get)) {
      off.attach(shelf);
      assertThat(off.encoder(Codecs.parse("zstd-1"))).isInstanceOf(ZstdCodec.class);
      assertThat(off.isActive()).isFalse();
      assertThat(off.stats().inUse()).isZero();
      PageCodec decoder = off.decoders().get(3);
      assertThat(decoder.id()).isEqualTo(PageCodec.ZSTD_DICTIONARY_ID);
      context.close();
      context = decoder.newContext();
      assertDecodes(old, bytes, source);
      context.close();
      context = codec.newContext();
    }
  }

  @Test
  void aMissingDictionaryIsNamed() throws IOException {
    dictionaries.attach(shelf);
    train(POOL);
    int bytes = compress(POOL, pages.records("order"));
    shelf.saved.clear();
    reopen(budget);
    assertThatThrownBy(() -> context.decompress(payload, 0, bytes, page, 0, PAGE_BYTES))
        .isInstanceOf(CodecException.class)
        .hasMessage("dictionary 1 is missing or damaged");
    assertThatThrownBy(() -> context.decompress(payload, 0, 2, page, 0, PAGE_BYTES))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void thoseOfAPoolThatIsGoneAreFreedOnceNobodyHoldsThem() throws IOException, CodecException {
    dictionaries.attach(shelf);
    train(POOL);
    ByteBuffer source = pages.records("order");
    int bytes = compress(POOL, source);
    long work = budget.usedBytes() - dictionaries.stats().bytes();
    dictionaries.dropPool(POOL);
    dictionaries.step();
    assertThat(shelf.deleted).isEmpty();
    // An operation that began before may still read: it is given time.
    assertDecodes(payload, bytes, source);
    clock.addAndGet(Duration.ofSeconds(10).toNanos());
    dictionaries.step();
    assertThat(shelf.deleted).containsExactly(1);
    assertThat(dictionaries.stats().alive()).isZero();
    // This context has it loaded, for encoding and decoding.
    assertDecodes(payload, bytes, source);
    assertThat(budget.usedBytes()).isGreaterThan(work);
    context.close();
    context = codec.newContext();
    assertThat(budget.usedBytes()).isEqualTo(work);
    assertThatThrownBy(() -> assertDecodes(payload, bytes, source))
        .isInstanceOf(CodecException.class);
    assertThat(context.codecFor(POOL)).isEqualTo(ZstdCodec.ID);
  }

  @Test
  void aFileThatCannotBeDeletedHarmsNobody() throws IOException {
    dictionaries.attach(shelf);
    train(POOL);
    dictionaries.dropPool(POOL);
    clock.addAndGet(Duration.ofSeconds(10).toNanos());
    shelf.fails = true;
    dictionaries.step();
    assertThat(dictionaries.stats().alive()).isZero();
  }

  @Test
  void aFullSampleOfAPoolThatIsGoneIsNotTrainedOn() {
    compress(POOL, pages.noise());
    dictionaries.step();
    for (int i = 0; i < SAMPLES; i++) {
      compress(POOL, pages.records("order"));
    }
    dictionaries.dropPool(POOL);
    assertThat(dictionaries.step()).isEmpty();
    assertThat(dictionaries.stats()).isEqualTo(DictionaryStats.ZERO);
    assertThat(train(POOL + 1).outcome()).isEqualTo(Outcome.TRAINED);
  }

  @Test
  void aPoolThatIsGoneIsNotSampledAnyMore() {
    compress(POOL, pages.noise());
    dictionaries.step();
    assertThat(isSampling()).isTrue();
    dictionaries.dropPool(POOL);
    dictionaries.step();
    assertThat(isSampling()).isFalse();
    compress(POOL + 1, pages.noise());
    dictionaries.step();
    assertThat(dictionaries.pool(POOL + 1).run).isNotNull();
    assertThat(isSampling()).isFalse();
  }

  @Test
  void aPoolWithoutPutsMakesPlaceForAnother() {
    compress(POOL, pages.noise());
    dictionaries.step();
    compress(POOL + 1, pages.noise());
    clock.addAndGet(Duration.ofSeconds(61).toNanos());
    dictionaries.step();
    assertThat(isSampling()).isFalse();
    dictionaries.step();
    assertThat(dictionaries.pool(POOL + 1).run).isNotNull();
  }

  @Test
  void withoutMemoryNothingIsTrained() {
    MemoryBudget small = new MemoryBudget(32 << 20);
    try (ZstdDictionaries poor = make(small);
        CodecContext own = poor.encoder(Codecs.parse("zstd-1")).newContext()) {
      own.codecFor(POOL);
      assertThat(poor.isActive()).isFalse();
      poor.dropPool(POOL + 1);
      poor.step();
      assertThat(poor.pool(POOL).run).isNull();
      assertThat(small.usedBytes()).isZero();
    }
    compress(POOL, pages.records("order"));
    dictionaries.step();
    long rest = budget.limitBytes() - budget.usedBytes();
    assertThat(budget.tryCharge(rest)).isTrue();
    for (int i = 0; i < SAMPLES; i++) {
      compress(POOL, pages.records("order"));
    }
    Optional<DictionaryEvent> event = dictionaries.step();
    assertThat(event.orElseThrow().outcome()).isEqualTo(Outcome.NO_MEMORY);
    assertThat(dictionaries.stats().rejected()).isEqualTo(1);
    budget.release(rest);
  }

  @Test
  void aDictionaryCostsNoHeap() throws CodecException {
    train(POOL);
    train(POOL + 1);
    ByteBuffer source = pages.records("order");
    try (CodecContext plain = Codecs.parse("zstd-1").newContext()) {
      // What the library allocates by itself on newer JDKs it allocates without one, too.
      long limit = heapBytes(plain, source, 1) + ROUNDS;
      assertThat(heapBytes(context, source, 1)).isLessThan(limit);
      if (Runtime.version().feature() < FIRST_WITH_FOREIGN_FUNCTIONS) {
        assertThat(heapBytes(context, source, 2)).isLessThan(limit);
      }
    }
  }

  /** Heap that round trips of pages of some pools in turn cost; the least of three tries. */
  private long heapBytes(CodecContext used, ByteBuffer source, int pools) throws CodecException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int round = 0; round < ROUNDS; round++) {
        used.codecFor(POOL + round % pools);
        int stored = used.compress(source, 0, PAGE_BYTES, payload, 0, payload.capacity());
        used.decompress(payload, 0, stored, page, 0, PAGE_BYTES);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void onlyZstdTakesDictionaries() {
    for (String name : new String[] {"lz4", "none"}) {
      PageCodec other = Codecs.parse(name);
      assertThat(dictionaries.encoder(other)).isSameAs(other);
    }
    assertThat(codec.dictionaries()).isSameAs(dictionaries);
    assertThat(codec.name()).isEqualTo("zstd-1");
    assertThat(dictionaries.isActive()).isTrue();
  }
}
