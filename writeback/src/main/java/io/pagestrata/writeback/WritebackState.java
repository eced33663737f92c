// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

/**
 * State of writeback as operators see it.
 *
 * <pre>
 *   RUNNING --exceptions repeat--> FAILED --an interval without any--> RUNNING
 *   RUNNING, FAILED --close--> CLOSED
 * </pre>
 */
public enum WritebackState {
  /** Moves zpages when there is need. */
  RUNNING,
  /** Still moves zpages, but a background thread keeps meeting unexpected exceptions. */
  FAILED,
  /** Moves nothing any more; what was in flight is completed or cancelled. */
  CLOSED
}
