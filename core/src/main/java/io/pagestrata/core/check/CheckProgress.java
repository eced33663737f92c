// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/** Hears how far a check is, and may stop it. Called by the thread that checks. */
public interface CheckProgress {
  /** Hears nothing and never stops. */
  CheckProgress NONE =
      new CheckProgress() {
        @Override
        public void begin(String phase, long bytes) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void end() {}

        @Override
        public boolean isStopped() {
          return false;
        }
      };

  /**
   * Says that a part of the work begins.
   *
   * @param phase a word or two
   * @param bytes what {@link #advance} will add up to
   */
  void begin(String phase, long bytes);

  /**
   * Says that bytes are done.
   *
   * @param bytes how many
   */
  void advance(long bytes);

  /** Says that the part that began last is done. */
  void end();

  /**
   * Asks whether to stop, at places where that leaves nothing half done.
   *
   * @return true to stop
   */
  boolean isStopped();
}
