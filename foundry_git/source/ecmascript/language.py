"""Names that need no import: of ECMAScript, of browsers and Node, of TypeScript's library, of test runners; and Node's modules."""

from __future__ import annotations

from foundry_git.source.ecmascript.platform import DECLARED
from foundry_git.source.ecmascript.platform_media import DECLARED_MEDIA

_ECMASCRIPT = """
 Object Function Boolean Symbol Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
 SuppressedError Number BigInt Math Date String RegExp Array Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
 Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array Map Set WeakMap WeakSet WeakRef
 ArrayBuffer SharedArrayBuffer DataView Atomics JSON Promise Reflect Proxy Intl Iterator Generator GeneratorFunction
 AsyncFunction AsyncGenerator AsyncGeneratorFunction FinalizationRegistry DisposableStack AsyncDisposableStack WebAssembly
 Temporal globalThis undefined NaN Infinity eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
 encodeURIComponent escape unescape arguments
"""
_NODE = """
 require module exports __dirname __filename process global Buffer setImmediate clearImmediate gc NodeJS NodeRequire
 BufferEncoding
"""
_WEB = """
 window self document navigator location history screen localStorage sessionStorage indexedDB caches console fetch alert confirm
 prompt open close print stop focus blur name status origin parent top frames opener event performance crypto customElements
 visualViewport devicePixelRatio innerWidth innerHeight outerWidth outerHeight scrollX scrollY pageXOffset pageYOffset screenX
 screenY setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone requestAnimationFrame
 cancelAnimationFrame requestIdleCallback cancelIdleCallback atob btoa matchMedia getComputedStyle getSelection scroll scrollTo
 scrollBy postMessage addEventListener removeEventListener dispatchEvent reportError importScripts isSecureContext
 crossOriginIsolated AbortController AbortSignal Animation AnimationEvent Attr Audio AudioBuffer AudioContext AudioNode Blob
 BlobPart BroadcastChannel ByteLengthQueuingStrategy CDATASection CSS CSSRule CSSRuleList CSSStyleDeclaration CSSStyleRule
 CSSStyleSheet Cache CacheStorage CanvasGradient CanvasPattern CanvasRenderingContext2D CharacterData Clipboard ClipboardEvent
 ClipboardItem CloseEvent Comment CompositionEvent CompressionStream CountQueuingStrategy Credential Crypto CryptoKey
 CustomElementRegistry CustomEvent DOMException DOMMatrix DOMParser DOMPoint DOMPointReadOnly DOMRect DOMRectReadOnly
 DOMRectList DOMStringMap DOMTokenList DataTransfer DataTransferItem DecompressionStream DeviceMotionEvent
 DeviceOrientationEvent Document DocumentFragment DocumentType DragEvent Element ElementInternals ErrorEvent Event EventListener
 EventListenerObject EventListenerOrEventListenerObject EventSource EventTarget EventInit CustomEventInit
 AddEventListenerOptions EventListenerOptions File FileList FileReader FileSystem FileSystemHandle FocusEvent FontFace FormData
 FormDataEvent Gamepad GamepadEvent Geolocation GeolocationPosition HashChangeEvent Headers HeadersInit History IDBCursor
 IDBDatabase IDBFactory IDBIndex IDBKeyRange IDBObjectStore IDBOpenDBRequest IDBRequest IDBTransaction Image ImageBitmap
 ImageData InputEvent IntersectionObserver IntersectionObserverEntry IntersectionObserverInit KeyboardEvent KeyframeEffect
 Location MathMLElement MediaDevices MediaError MediaQueryList MediaQueryListEvent MediaRecorder MediaSource MediaStream
 MediaStreamTrack MessageChannel MessageEvent MessagePort MouseEvent MutationObserver MutationRecord MutationObserverInit
 NamedNodeMap Navigator Node NodeFilter NodeIterator NodeList NodeListOf HTMLCollection HTMLCollectionOf Notification
 OffscreenCanvas Option PageTransitionEvent Path2D Performance PerformanceEntry PerformanceMark PerformanceMeasure
 PerformanceObserver Permissions PointerEvent PopStateEvent ProgressEvent PromiseRejectionEvent PushManager RTCPeerConnection
 Range ReadableStream ReadableStreamDefaultReader ReadableStreamDefaultController Request RequestInfo RequestInit
 RequestCredentials ResizeObserver ResizeObserverEntry Response ResponseInit Screen Selection ServiceWorker
 ServiceWorkerContainer ServiceWorkerGlobalScope ServiceWorkerRegistration ShadowRoot SharedWorker SourceBuffer SpeechSynthesis
 Storage StorageEvent StorageManager StyleSheet SubmitEvent SubtleCrypto Text TextDecoder TextDecoderStream TextEncoder
 TextEncoderStream TextMetrics TimeRanges Touch TouchEvent TouchList TransformStream TransitionEvent TreeWalker UIEvent URL
 URLSearchParams ValidityState VisualViewport WebGLRenderingContext WebGL2RenderingContext WebSocket WheelEvent Window
 WindowEventMap DocumentEventMap ElementEventMap HTMLElementEventMap GlobalEventHandlers Worker WorkerGlobalScope WritableStream
 WritableStreamDefaultWriter XMLDocument XMLHttpRequest XMLSerializer XPathResult Transferable CSSProperties JSX HTMLElement
 HTMLElementTagNameMap HTMLAnchorElement HTMLAreaElement HTMLAudioElement HTMLBodyElement HTMLButtonElement HTMLCanvasElement
 HTMLDataListElement HTMLDetailsElement HTMLDialogElement HTMLDivElement HTMLDocument HTMLEmbedElement HTMLFieldSetElement
 HTMLFormElement HTMLHeadElement HTMLHeadingElement HTMLHtmlElement HTMLIFrameElement HTMLImageElement HTMLInputElement
 HTMLLIElement HTMLLabelElement HTMLLegendElement HTMLLinkElement HTMLMediaElement HTMLMetaElement HTMLObjectElement
 HTMLOListElement HTMLOptGroupElement HTMLOptionElement HTMLOptionsCollection HTMLOutputElement HTMLParagraphElement
 HTMLPictureElement HTMLPreElement HTMLProgressElement HTMLScriptElement HTMLSelectElement HTMLSlotElement HTMLSourceElement
 HTMLSpanElement HTMLStyleElement HTMLTableCellElement HTMLTableElement HTMLTableRowElement HTMLTableSectionElement
 HTMLTemplateElement HTMLTextAreaElement HTMLTimeElement HTMLTitleElement HTMLTrackElement HTMLUListElement HTMLUnknownElement
 HTMLVideoElement SVGElement SVGElementTagNameMap SVGCircleElement SVGGElement SVGGraphicsElement SVGPathElement SVGRectElement
 SVGSVGElement SVGTextElement
"""
_TYPES = """
 Partial Required Readonly Record Pick Omit Exclude Extract NonNullable Parameters ConstructorParameters ReturnType InstanceType
 ThisType ThisParameterType OmitThisParameter Uppercase Lowercase Capitalize Uncapitalize NoInfer Awaited PromiseLike
 PromiseConstructor ArrayLike ReadonlyArray ReadonlyMap ReadonlySet Iterable IterableIterator IteratorResult IteratorObject
 AsyncIterable AsyncIterator AsyncIterableIterator PropertyKey PropertyDescriptor PropertyDescriptorMap TypedPropertyDescriptor
 TemplateStringsArray CallableFunction NewableFunction FunctionConstructor ObjectConstructor ErrorConstructor ErrorOptions
 DateConstructor RegExpConstructor RegExpExecArray RegExpMatchArray StringConstructor NumberConstructor SymbolConstructor
 ArrayConstructor MapConstructor SetConstructor ConcatArray WeakKey ArrayBufferLike ArrayBufferView BufferSource ProxyHandler
 ClassDecorator MethodDecorator PropertyDecorator ParameterDecorator PromiseSettledResult PromiseFulfilledResult
 PromiseRejectedResult ImportMeta ImportAttributes Disposable AsyncDisposable IArguments intrinsic
"""
_TESTING = """
 describe it test suite context specify before after beforeEach afterEach beforeAll afterAll setup teardown expect assert jest
 vi cy xdescribe xit fdescribe fit jasmine sinon chai
"""

BUILT_IN = frozenset(" ".join((_ECMASCRIPT, _NODE, _WEB, _TYPES, _TESTING, DECLARED, DECLARED_MEDIA)).split())

NODE_MODULES = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2"
    " https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls"
    " trace_events tty url util v8 vm wasi worker_threads zlib".split()
)
"""Those that may be imported without ``node:`` in front."""
