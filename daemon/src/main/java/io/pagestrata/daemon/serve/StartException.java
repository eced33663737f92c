// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

/** Something on this machine keeps a daemon with a valid configuration from starting. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  /** What stood in the way, as far as the exit status tells. */
  public enum Fault {
    /** An address that cannot be listened on. */
    ADDRESS,
    /** A tier that cannot be opened, such as one whose directory another store uses. */
    TIER,
    /** A file of TLS that cannot be read or is not what it should be. */
    TLS,
    /** Protection for serving swap to the own machine that cannot be had. */
    HOST
  }

  /** What stood in the way. */
  private final Fault fault;

  /**
   * Makes one.
   *
   * @param fault what stood in the way
   * @param message the same in words for the user
   */
  public StartException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /**
   * Makes one with a cause.
   *
   * @param fault what stood in the way
   * @param message the same in words for the user
   * @param cause what was thrown
   */
  public StartException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /**
   * What stood in the way.
   *
   * @return decides the exit status
   */
  public Fault fault() {
    return fault;
  }
}
