"""Technique modules: what a CT, MR, CR and ultrasound machine says about how the image was made."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from making.headers import code, item, uid
from making.people import Visit


def _put(dataset: Dataset, **elements: object) -> None:
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)


def _plane(dataset: Dataset, visit: Visit, spacing: float, size: int, z: float) -> None:
    half = round(-spacing * size / 2, 3)
    _put(
        dataset,
        PatientPosition="HFS",
        ImagePositionPatient=[half, half, z],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        FrameOfReferenceUID=uid(visit, 500),
        PositionReferenceIndicator="",
        SliceLocation=z,
        PixelSpacing=[spacing, spacing],
        AcquisitionDate=visit.date,
        AcquisitionTime=visit.time,
        SliceThickness="5",
    )
    dataset.ReferencedImageSequence = Sequence(
        [item(ReferencedSOPClassUID=dataset.SOPClassUID, ReferencedSOPInstanceUID=uid(visit, 1, 1))]
    )


def ct(dataset: Dataset, visit: Visit, z: float) -> None:
    """CT Image Module (PS3.3 C.8.2.1) and what the scanner adds."""
    _plane(dataset, visit, 0.488281, 512, z)
    _put(
        dataset,
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        Manufacturer="Halcyon Medical",
        ManufacturerModelName="Rotunda 64",
        SeriesDescription="Head 5.0 mm",
        BodyPartExamined="HEAD",
        ScanOptions="AXIAL MODE",
        KVP="120",
        DataCollectionDiameter="500",
        ReconstructionDiameter="250",
        DistanceSourceToDetector="949.075",
        DistanceSourceToPatient="541",
        GantryDetectorTilt="0",
        TableHeight="141.5",
        RotationDirection="CW",
        ExposureTime="1000",
        XRayTubeCurrent="285",
        Exposure="285",
        FilterType="BODY FILTER",
        GeneratorPower="34200",
        FocalSpots=["1.2"],
        ConvolutionKernel="SOFT",
        RevolutionTime=1.0,
        SingleCollimationWidth=0.625,
        TotalCollimationWidth=20.0,
        SpiralPitchFactor=0.984,
        CTDIvol=46.2,
        ProtocolName=f"Head routine Dr. {visit.physician.split('^')[0]}",
        DateOfLastCalibration=visit.date,
        TimeOfLastCalibration="054400",
        RescaleIntercept="-1024",
        RescaleSlope="1",
        RescaleType="HU",
        WindowCenter=["40", "300"],
        WindowWidth=["90", "1800"],
        WindowCenterWidthExplanation=["BRAIN", "BONE"],
        SmallestImagePixelValue=0,
        LargestImagePixelValue=4095,
        ImageComments=f"Sent by {visit.operator.split('^')[0]}",
    )
    dataset.CTDIPhantomTypeCodeSequence = code("113690", "DCM", "IEC Head Dosimetry Phantom")
    dataset["SmallestImagePixelValue"].VR = dataset["LargestImagePixelValue"].VR = "US"


def mr(dataset: Dataset, visit: Visit, contrast: str, z: float) -> None:
    """MR Image Module (PS3.3 C.8.3.1)."""
    _plane(dataset, visit, 0.9375, 256, z)
    echo, repetition = {"T1": ("9.2", "520"), "T2": ("98", "4200")}[contrast]
    _put(
        dataset,
        ImageType=["ORIGINAL", "PRIMARY", "M", "ND"],
        Manufacturer="SIEMENS",
        ManufacturerModelName="Nebula 3T",
        SeriesDescription=f"{contrast.lower()}_tse_tra",
        ProtocolName=f"{contrast.lower()}_tse_tra_{visit.family}",
        BodyPartExamined="BRAIN",
        ScanningSequence="SE",
        SequenceVariant=["SK", "SP", "OSP"],
        ScanOptions="",
        MRAcquisitionType="2D",
        SequenceName="*tse2d1_9",
        AngioFlag="N",
        RepetitionTime=repetition,
        EchoTime=echo,
        NumberOfAverages="1",
        ImagingFrequency="123.259543",
        ImagedNucleus="1H",
        EchoNumbers=1,
        MagneticFieldStrength="3",
        SpacingBetweenSlices="6",
        NumberOfPhaseEncodingSteps="240",
        EchoTrainLength="9",
        PercentSampling="100",
        PercentPhaseFieldOfView="100",
        PixelBandwidth="220",
        TransmitCoilName="Body",
        AcquisitionMatrix=[0, 256, 240, 0],
        InPlanePhaseEncodingDirection="ROW",
        FlipAngle="150",
        VariableFlipAngleFlag="N",
        SAR="0.8417",
        dBdt="0",
        WindowCenter="500",
        WindowWidth="1000",
        WindowCenterWidthExplanation="Algo1",
    )
    header = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    header.add_new(0x08, "CS", "IMAGE NUM 4")
    header.add_new(0x0C, "IS", "0")
    csa = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    text = f"SV10 tPatientName = {visit.name.encode('ascii', 'replace').decode()} PatientID = {visit.patient_id}"
    csa.add_new(0x10, "OB", text.encode().ljust(160, b"\0"))


def radiography(dataset: Dataset, visit: Visit) -> None:
    """CR Series and CR Image Modules (PS3.3 C.8.1.1, C.8.1.2)."""
    _put(
        dataset,
        ImageType=["ORIGINAL", "PRIMARY"],
        Manufacturer="Plumage Imaging",
        ManufacturerModelName="PX-750",
        SeriesDescription="Chest PA",
        BodyPartExamined="CHEST",
        ViewPosition="PA",
        PatientOrientation=["L", "F"],
        FilterType="",
        FocalSpots=["1.2"],
        CassetteID=f"A{visit.accession[-5:]}C",
        PlateID="A41000177C",
        PlateType="code 12",
        PhosphorType="ST-VI",
        KVP="125",
        DistanceSourceToDetector="1830",
        ExposureTime="8",
        XRayTubeCurrent="320",
        ExposureInuAs="2560",
        Grid="PARALLEL",
        Sensitivity="200",
        AcquisitionDeviceProcessingDescription="CHEST,PA",
        AcquisitionDeviceProcessingCode="E025",
        RelativeXRayExposure="1642",
        ImagerPixelSpacing=["0.42", "0.42"],
        AcquisitionDate=visit.date,
        AcquisitionTime=visit.time,
        WindowCenter="2048",
        WindowWidth="4096",
        LossyImageCompression="00",
        RescaleIntercept="0",
        RescaleSlope="1",
        RescaleType="US",
    )


def ultrasound(dataset: Dataset, visit: Visit, regions: list[Dataset], series: str) -> None:
    """US Region Calibration (PS3.3 C.8.5.5) and what the scanner adds."""
    _put(
        dataset,
        ImageType=["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"],
        Laterality="",
        Manufacturer="Sonnet Ultrasound",
        ManufacturerModelName="Echolot 9",
        SeriesDescription=series,
        ProtocolName=f"{series} {visit.operator.split('^')[0]}",
        TransducerData=["C5-1", "", ""],
        TransducerType="SECTOR_PHASED",
        ProcessingFunction="ORIGINAL",
        HeartRate="72",
        AcquisitionDateTime=f"{visit.date}{visit.time}",
        PatientOrientation="",
        LossyImageCompression="01",
        LossyImageCompressionRatio="12.4",
        LossyImageCompressionMethod="ISO_10918_1",
    )
    dataset.SequenceOfUltrasoundRegions = Sequence(regions)


def region(kind: int, data: int, box: tuple[int, int, int, int], per_pixel: float) -> Dataset:
    """One calibrated region: spatial format `kind`, data type `data`, its box and centimetres per pixel."""
    return item(
        RegionSpatialFormat=kind,
        RegionDataType=data,
        RegionFlags=0,
        RegionLocationMinX0=box[0],
        RegionLocationMinY0=box[1],
        RegionLocationMaxX1=box[2],
        RegionLocationMaxY1=box[3],
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=per_pixel,
        PhysicalDeltaY=per_pixel,
    )


def capture(dataset: Dataset) -> None:
    """SC Equipment Module (PS3.3 C.8.6.1)."""
    _put(
        dataset,
        ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"],
        Manufacturer="Halcyon Medical",
        ManufacturerModelName="Rotunda 64",
        ConversionType="WSD",
        Laterality="",
        SecondaryCaptureDeviceID="CONSOLE1",
        SecondaryCaptureDeviceManufacturer="Halcyon Medical",
        SeriesDescription="Patient Protocol",
        BurnedInAnnotation="NO",
        PatientOrientation="",
        LossyImageCompression="00",
    )
