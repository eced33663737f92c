// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * A place where zpages rest: compressed pool in RAM, remote store, segment files.
 *
 * <p>A tier holds bytes and counts them; it does not know the page table. Which of its zpages are
 * alive it asks its {@link TierHost}. A zpage is named by a <em>locator</em>, a non-negative number
 * of at most 48 bits that only the tier can read. Whoever takes the last reference to a zpage out
 * of the page table calls {@link #free} exactly once.
 *
 * <p>All methods are thread-safe. {@link #attach} comes first, once; after {@link #close} reads
 * answer {@link #GONE} and stores {@link TierOutcome#CLOSED}.
 */
public interface Tier extends AutoCloseable {
  /** Bits of a locator. */
  int LOCATOR_BITS = 48;

  /** Answer of {@link #read} when the place no longer holds a zpage that the caller may read. */
  int GONE = Integer.MIN_VALUE;

  /** Answer of {@link #maintain} when nothing was made free, and another step should follow. */
  long UNFINISHED = -1;

  /**
   * Name in settings, statistics and log lines, such as {@code ram} or {@code file}.
   *
   * @return short lower-case name
   */
  String name();

  /**
   * Connects the tier with the store that owns it, before any other call.
   *
   * @param host answers which zpages are alive
   */
  void attach(TierHost host);

  /**
   * Shows the zpage at a locator to the reader, holding the place still during the call. A tier
   * whose locators do not come back meanwhile may let go of it and show a copy.
   *
   * <p>The bytes cannot change while the reader runs, but the zpage may have been freed before: the
   * reader looks at the page table again before it trusts them.
   *
   * @param locator where the zpage rests
   * @param scratch direct buffer of the calling thread, for tiers that must fetch the bytes; at
   *     least {@link #scratchBytes} from position 0, aligned to 4096 bytes
   * @param reader takes the bytes
   * @return what the reader returned, or {@link #GONE} without calling it
   * @throws IOException when the bytes could not be fetched; the reader was not called
   */
  int read(long locator, ByteBuffer scratch, ZpageReader reader) throws IOException;

  /**
   * Room that {@link #read} needs in its scratch buffer.
   *
   * @return bytes, 0 when the tier shows its own memory
   */
  int scratchBytes();

  /**
   * Stores a whole batch with as few and as large writes as the tier can, and sets the locator of
   * every zpage in it. All or nothing: unless the outcome is {@link TierOutcome#STORED} no zpage of
   * the batch takes space.
   *
   * @param batch zpages to store; their bytes are taken as they are
   * @return STORED, or why not
   * @throws IOException when the medium failed; nothing of the batch counts as stored
   */
  TierOutcome store(ZpageBatch batch) throws IOException;

  /**
   * Gives the space of one zpage back. In a tier with a log: at once, so what superseded it is on
   * the medium.
   *
   * @param locator a locator that no entry names any more
   */
  void free(long locator);

  /**
   * Gives the space of one zpage back, which in a tier with a log stays on the medium until a sync
   * has ended that begins after now.
   *
   * @param locator a locator that no entry names any more
   */
  default void freeAfterSync(long locator) {
    free(locator);
  }

  /**
   * Bytes that a zpage counts for in {@link TierStats#zpageBytes}. May be asked about a place that
   * was freed meanwhile; the answer is only right for one that was not. Cheap: asked on every put.
   *
   * @param locator where the zpage rests
   * @return bytes, header included
   */
  long heldBytes(long locator);

  /**
   * Where a zpage rests in words for people, for messages about damage.
   *
   * @param locator where the zpage rests
   * @return such as {@code segment-00000012.pss offset 40960}
   */
  String describe(long locator);

  /**
   * What the tier may write to its medium.
   *
   * @return its budget, {@link WriteBudget#UNLIMITED} for none
   */
  default WriteBudget writeBudget() {
    return WriteBudget.UNLIMITED;
  }

  /**
   * What the tier found that reads its medium in the background. Cheap.
   *
   * @return counters, {@link ScrubStats#NONE} when it does not
   */
  default ScrubStats scrubbing() {
    return ScrubStats.NONE;
  }

  /**
   * Why the tier takes no zpages now, or took none the last time, in words for people.
   *
   * @return such as the message of the fault that made it read-only; empty when there is nothing to
   *     say beyond its state
   */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /**
   * Says which dictionaries zpages here may need. Asked of tiers outside memory.
   *
   * @param needed takes their numbers; too many do no harm
   * @return false when the tier cannot tell
   */
  default boolean addDictionaries(BitSet needed) {
    return false;
  }

  /**
   * One bounded step of upkeep, such as cleaning one sparse segment; called by one thread.
   *
   * @return bytes moved or made free, 0 when there is nothing to do, or {@link #UNFINISHED}
   * @throws IOException when the medium failed; the tier stays usable
   */
  long maintain() throws IOException;

  /**
   * Counters of this tier.
   *
   * @return an immutable snapshot, each value exact at some moment during the call
   */
  TierStats stats();

  /**
   * The log by which this tier survives the process.
   *
   * @return empty when it does not
   */
  default Optional<PageLog> log() {
    return Optional.empty();
  }

  /** Releases memory and files. The store guarantees that no other call is under way. */
  @Override
  void close();
}
