package template

const (
	noClock   = "the clock cannot be read in a template; for the build's instant write {{ run_time }}"
	noRandom  = "a template gives the same text every time: there are no random values"
	noCrypto  = "keys, certificates and hashes cannot be made in a template"
	noMachine = "a template cannot look at the machine it runs on"
	noPaths   = "a template knows no files; a file is read as a source"
	noChange  = "a dictionary cannot be changed; make a new one with dict, pick and omit"
	noNeed    = "this function of sprig is not among those a template may call"
	noMust    = "the function without \"must\" already stops at errors"
)

// refusedFunctions are the functions of sprig that a template may not call, and why.
var refusedFunctions = map[string]string{
	"ago": noClock, "date": noClock, "dateInZone": noClock, "dateModify": noClock, "date_in_zone": noClock,
	"date_modify": noClock, "duration": noClock, "durationRound": noClock, "htmlDate": noClock,
	"htmlDateInZone": noClock, "mustDateModify": noClock, "mustToDate": noClock, "must_date_modify": noClock,
	"now": noClock, "toDate": noClock, "unixEpoch": noClock,

	"randAlpha": noRandom, "randAlphaNum": noRandom, "randAscii": noRandom, "randBytes": noRandom,
	"randInt": noRandom, "randNumeric": noRandom, "shuffle": noRandom, "uuidv4": noRandom,

	"adler32sum": noCrypto, "bcrypt": noCrypto, "buildCustomCert": noCrypto, "decryptAES": noCrypto,
	"derivePassword": noCrypto, "encryptAES": noCrypto, "genCA": noCrypto, "genCAWithKey": noCrypto,
	"genPrivateKey": noCrypto, "genSelfSignedCert": noCrypto, "genSelfSignedCertWithKey": noCrypto,
	"genSignedCert": noCrypto, "genSignedCertWithKey": noCrypto, "htpasswd": noCrypto, "sha1sum": noCrypto,
	"sha256sum": noCrypto, "sha512sum": noCrypto,

	"env":       "for an environment variable write {{ env_var \"NAME\" }}",
	"expandenv": "for an environment variable write {{ env_var \"NAME\" }}",

	"getHostByName": noMachine,

	"base": noPaths, "clean": noPaths, "dir": noPaths, "ext": noPaths, "isAbs": noPaths, "osBase": noPaths,
	"osClean": noPaths, "osDir": noPaths, "osExt": noPaths, "osIsAbs": noPaths,

	"deepCopy": noChange, "merge": noChange, "mergeOverwrite": noChange, "mustDeepCopy": noChange,
	"mustMerge": noChange, "mustMergeOverwrite": noChange, "set": noChange, "unset": noChange,

	"mustAppend": noMust, "mustChunk": noMust, "mustCompact": noMust, "mustFirst": noMust, "mustFromJson": noMust,
	"mustHas": noMust, "mustInitial": noMust, "mustLast": noMust, "mustPrepend": noMust, "mustPush": noMust,
	"mustRegexFind": noMust, "mustRegexFindAll": noMust, "mustRegexMatch": noMust, "mustRegexReplaceAll": noMust,
	"mustRegexReplaceAllLiteral": noMust, "mustRegexSplit": noMust, "mustRest": noMust, "mustReverse": noMust,
	"mustSlice": noMust, "mustToJson": noMust, "mustToPrettyJson": noMust, "mustToRawJson": noMust,
	"mustUniq": noMust, "mustWithout": noMust,

	"b32dec": noNeed, "b32enc": noNeed, "biggest": "write max", "hello": noNeed, "push": "write append",
	"semver": noNeed, "semverCompare": noNeed, "toDecimal": noNeed, "toPrettyJson": "write toJson",
	"trimall": "write trimAll", "tuple": "write list", "typeIs": "write kindIs", "typeIsLike": "write kindIs",
	"typeOf": "write kindOf", "urlJoin": noNeed, "urlParse": noNeed,
}

// foreignFunctions are words of other tools, and what Quern has in their place.
var foreignFunctions = map[string]string{
	"adapter":        "SQL is sent as it is written; for the engine's type write {{ target \"type\" }}",
	"config":         "configuration stands in the front matter: /* --- … --- */ at the top of the file",
	"is_incremental": "write {{ if incremental }}",
	"log":            "a template cannot print messages",
	"macro":          "a macro is a file below macros/ that is called by its name",
	"return":         "the text of a macro is what it gives",
	"run_query":      "a template cannot run queries",
	"run_started_at": "write {{ run_time }}",
	"model":          "in a generic test write {{ .model }}; in a model write {{ this }}",
	"elif":           "write {{ else if … }}",
	"endif":          "write {{ end }}",
	"endfor":         "write {{ end }}",
	"for":            "write {{ range $x := list \"a\" \"b\" }} … {{ end }}",
}
