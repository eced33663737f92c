// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import com.lmax.disruptor.EventPoller;
import io.pagestrata.writeback.agent.Agent;
import io.pagestrata.writeback.agent.Signal;

/** One stage of the ring as an agent: takes the batches that the stage before has let go. */
final class Stage implements Agent {
  private static final long MOST_IDLE_NANOS = 100_000_000L;

  private final String roleName;
  private final EventPoller<BatchSlot> poller;
  private final EventPoller.Handler<BatchSlot> handler;
  private final Runnable after;
  private final Signal signal = new Signal();

  Stage(
      String roleName,
      EventPoller<BatchSlot> poller,
      EventPoller.Handler<BatchSlot> handler,
      Runnable after) {
    this.roleName = roleName;
    this.poller = poller;
    this.handler = handler;
    this.after = after;
  }

  @Override
  public String roleName() {
    return roleName;
  }

  @Override
  public int doWork() {
    EventPoller.PollState state;
    try {
      state = poller.poll(handler);
    } catch (Exception e) {
      // The handlers declare none; the poller's signature does.
      throw new IllegalStateException(e);
    }
    if (state != EventPoller.PollState.PROCESSING) {
      return 0;
    }
    after.run();
    return 1;
  }

  @Override
  public long idleNanos() {
    return MOST_IDLE_NANOS;
  }

  @Override
  public Signal signal() {
    return signal;
  }
}
