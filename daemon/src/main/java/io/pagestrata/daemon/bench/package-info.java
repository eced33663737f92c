// SPDX-License-Identifier: Apache-2.0
/** Measurements of this machine with the user's own pages, each beside the limit it is held to. */
package io.pagestrata.daemon.bench;
