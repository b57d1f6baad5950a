// What the pages use of their four libraries; `README.md` says how it becomes foleni-vendor.js.
import { h } from "preact";
import htm from "htm";

export { h, render, Fragment, createContext } from "preact";
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext } from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "@preact/signals";
export { FluentBundle, FluentResource } from "@fluent/bundle";
export const html = htm.bind(h);
