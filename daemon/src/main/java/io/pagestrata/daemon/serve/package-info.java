// SPDX-License-Identifier: Apache-2.0
/** Starts and stops the daemon, says what it serves and what stood in its way. */
package io.pagestrata.daemon.serve;
