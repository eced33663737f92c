// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.upkeep;

import io.pagestrata.core.dictionary.Dictionaries;
import io.pagestrata.core.dictionary.DictionaryEvent;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.Signal;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.MonitorEvent;
import java.util.Locale;
import java.util.Optional;

/**
 * Has dictionaries trained. Of its own, since one training takes some tenths of a second, for which
 * neither reclaim nor cleaning should wait. Stepped by one thread.
 */
public final class DictionaryDuty implements Agent {
  private static final long IDLE_NANOS = 250_000_000L;

  private final Dictionaries dictionaries;
  private final Monitor monitor;
  private final Signal signal = new Signal();

  /**
   * Makes the duty.
   *
   * @param dictionaries of the store
   * @param monitor is told what came of each training
   */
  public DictionaryDuty(Dictionaries dictionaries, Monitor monitor) {
    this.dictionaries = dictionaries;
    this.monitor = monitor;
  }

  @Override
  public String roleName() {
    return "dictionaries";
  }

  @Override
  public int doWork() {
    Optional<DictionaryEvent> ended = dictionaries.step();
    ended.ifPresent(this::tell);
    return ended.isPresent() ? 1 : 0;
  }

  private void tell(DictionaryEvent event) {
    String outcome = event.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
    monitor.emit(
        new MonitorEvent(EventKind.DICTIONARY)
            .with(Field.OUTCOME, outcome)
            .with(Field.POOL, event.pool())
            .with(Field.DICTIONARY, event.id())
            .with(Field.GAIN, event.ratioGain())
            .with(Field.TOOK, event.nanos()));
  }

  @Override
  public long idleNanos() {
    return IDLE_NANOS;
  }

  @Override
  public Signal signal() {
    return signal;
  }
}
